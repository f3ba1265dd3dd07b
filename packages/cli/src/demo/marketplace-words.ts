export const accountNames = [
  'Nordlicht Living',
  'Atelier Bellecour',
  'Harbour & Hearth',
  'Prairie Outfitters',
  'Kleinod Manufaktur',
  'Maison Verdure',
  'Fernhill Supply',
  'Copper Canyon Goods',
  'Werkbank Süd',
  'Bleu Marine',
  'Thistle & Rye',
  'Lakeshore Trading',
] as const;

export const firstNames =
  'Ada,Amélie,Anton,Aylin,Benedikt,Björn,Camille,Chloe,Dario,Edith,Elias,Emma,Farid,Florence,Grace,Hugo,Ida,Isaac,Jonas,Josephine,Kwame,Lea,Luca,Margot,Mateo,Mira,Nils,Noor,Olivia,Oskar,Priya,Quentin,Rosa,Samuel,Søren,Tessa,Umar,Vera,Wanda,Yusuf'.split(
    ',',
  );

export const lastNames =
  'Adler,Beaumont,Castillo,Dubois,Eriksen,Fischer,García,Haddad,Ivanov,Jensen,Kaya,Lefèvre,Müller,Nguyen,Okafor,Park,Quinn,Rossi,Schäfer,Thompson,Ueda,Vogel,Weber,Xu,Young,Zimmermann'.split(
    ',',
  );

/** The category tree: root, branches, and what is sold there. */
export const categories: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  Home: {
    Kitchen: ['Kettle', 'Chopping board', 'Stock pot', 'Apron', 'Pepper mill'],
    Lighting: ['Desk lamp', 'Floor lamp', 'Lantern', 'Pendant light'],
    Textiles: ['Wool blanket', 'Linen sheet', 'Cushion', 'Bath towel'],
  },
  Outdoors: {
    Camping: ['Two-person tent', 'Sleeping bag', 'Camp stove', 'Headlamp'],
    Garden: ['Watering can', 'Trowel', 'Planter', 'Secateurs'],
    Cycling: ['Pannier', 'Bell', 'Helmet', 'Repair kit'],
  },
  Clothing: {
    Knitwear: ['Cardigan', 'Jumper', 'Scarf', 'Beanie'],
    Footwear: ['Walking boot', 'Sandal', 'House slipper', 'Trainer'],
    Accessories: ['Leather belt', 'Tote bag', 'Umbrella', 'Wallet'],
  },
  Paper: {
    Books: ['Field guide', 'Cookbook', 'Atlas', 'Sketchbook'],
    Stationery: ['Fountain pen', 'Notebook', 'Writing set', 'Pencil case'],
  },
};

export const adjectives = [
  'Classic',
  'Compact',
  'Folding',
  'Handmade',
  'Heavy',
  'Large',
  'Light',
  'Recycled',
  'Small',
  'Waxed',
] as const;

export const tags =
  'handmade,vegan,organic,fair trade,recycled,limited edition,bestseller,new,on sale,gift,waterproof,made in Europe,small batch,lifetime warranty,lightweight,insulated,plastic free,repairable,vintage,for children'.split(
    ',',
  );

export const colors = ['black', 'natural', 'navy', 'olive', 'rust', 'sand'] as const;
export const materials = ['beech', 'brass', 'canvas', 'cotton', 'leather', 'linen', 'steel', 'wool'] as const;
export const countries = ['de', 'fr', 'gb', 'us'] as const;
