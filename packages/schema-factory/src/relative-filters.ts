import {
  GraphQLEnumType,
  type GraphQLInputFieldConfig,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';

const units = ['WEEK', 'MONTH', 'QUARTER', 'YEAR'];
const names = [
  ...['TODAY', 'YESTERDAY', 'TOMORROW'],
  ...units.flatMap((unit) => [`THIS_${unit}`, `LAST_${unit}`, `NEXT_${unit}`]),
];

export const calendarPeriod = new GraphQLEnumType({
  name: 'CalendarPeriod',
  description: 'A stretch of the calendar around now. Weeks begin on Monday.',
  values: Object.fromEntries(names.map((name) => [name, {}])),
});

const timeZone = { type: GraphQLString, description: 'IANA name, "Europe/Berlin"; absent: UTC.' };

export const periodInput = new GraphQLInputObjectType({
  name: 'PeriodInput',
  fields: { period: { type: new GraphQLNonNull(calendarPeriod) }, timeZone },
});

export const spanInput = new GraphQLInputObjectType({
  name: 'SpanInput',
  description: 'One unit and how many of it: `{ days: 7 }`. Minutes and hours are for moments only.',
  fields: {
    minutes: { type: GraphQLInt },
    hours: { type: GraphQLInt },
    days: { type: GraphQLInt },
    weeks: { type: GraphQLInt },
    months: { type: GraphQLInt },
    years: { type: GraphQLInt },
    timeZone,
  },
});

/** Comparisons of dates and moments with now. */
export const relativeOperators: Readonly<Record<string, GraphQLInputFieldConfig>> = {
  during: { type: periodInput },
  last: { type: spanInput, description: 'Up to now; of days those that end with today.' },
  next: { type: spanInput, description: 'From now on; of days those that begin with today.' },
};
