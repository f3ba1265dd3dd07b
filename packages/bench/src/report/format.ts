/** Figures as tables show them; what was not measured is a dash. */

export const decimal = (value: number | undefined, digits = 2): string =>
  value === undefined || Number.isNaN(value) ? '–' : value.toFixed(digits);

export const whole = (value: number | undefined): string => decimal(value, 0);

export const mebibytes = (bytes: number | undefined): string =>
  bytes === undefined ? '–' : decimal(bytes / 1024 / 1024, 1);
