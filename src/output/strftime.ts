const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAY_MS = 86_400_000;

/** What each letter stands for: another format, or a text of the time. */
const CONVERSIONS: Readonly<Record<string, string | ((date: Date, ns: bigint) => string | number)>> = {
  a: (date) => (DAYS[date.getDay()] ?? "").slice(0, 3),
  A: (date) => DAYS[date.getDay()] ?? "",
  b: (date) => (MONTHS[date.getMonth()] ?? "").slice(0, 3),
  B: (date) => MONTHS[date.getMonth()] ?? "",
  c: "%a %b %e %H:%M:%S %Y",
  C: (date) => two(Math.floor(date.getFullYear() / 100)),
  d: (date) => two(date.getDate()),
  D: "%m/%d/%y",
  e: (date) => String(date.getDate()).padStart(2),
  f: (_, ns) => String((ns % 1_000_000_000n) / 1000n).padStart(6, "0"),
  F: "%Y-%m-%d",
  g: (date) => two(isoWeek(date).year % 100),
  G: (date) => isoWeek(date).year,
  h: "%b",
  H: (date) => two(date.getHours()),
  I: (date) => two(twelve(date)),
  j: (date) => String(dayOfYear(date) + 1).padStart(3, "0"),
  k: (date) => String(date.getHours()).padStart(2),
  l: (date) => String(twelve(date)).padStart(2),
  m: (date) => two(date.getMonth() + 1),
  M: (date) => two(date.getMinutes()),
  n: () => "\n",
  p: (date) => (date.getHours() < 12 ? "AM" : "PM"),
  P: (date) => (date.getHours() < 12 ? "am" : "pm"),
  r: "%I:%M:%S %p",
  R: "%H:%M",
  s: (_, ns) => String(ns / 1_000_000_000n),
  S: (date) => two(date.getSeconds()),
  t: () => "\t",
  T: "%H:%M:%S",
  u: (date) => date.getDay() || 7,
  U: (date) => two(Math.floor((dayOfYear(date) + 7 - date.getDay()) / 7)),
  V: (date) => two(isoWeek(date).week),
  w: (date) => date.getDay(),
  W: (date) => two(Math.floor((dayOfYear(date) + 7 - ((date.getDay() + 6) % 7)) / 7)),
  x: "%m/%d/%y",
  X: "%H:%M:%S",
  y: (date) => two(date.getFullYear() % 100),
  Y: (date) => date.getFullYear(),
  z: (date) => zone(date),
  Z: (date) => zoneName(date),
  "%": () => "%",
};

/**
 * A time in the local time zone as C's strftime(3) writes it in the C locale, with %f for microseconds. `ns` is
 * nanoseconds since 1970. What is no conversion stays as it is.
 *
 * @example
 * strftime("%H:%M:%S.%f", 1_500_000_000n); // "00:00:01.500000" in UTC
 */
export function strftime(format: string, ns: bigint): string {
  const date = new Date(Number(ns / 1_000_000n));
  return format.replace(/%([EO]?)([a-zA-Z%])/g, (whole, _modifier, letter: string) => {
    const meaning = CONVERSIONS[letter];
    if (meaning === undefined) return whole;
    return typeof meaning === "string" ? strftime(meaning, ns) : String(meaning(date, ns));
  });
}

function two(number: number): string {
  return String(number).padStart(2, "0");
}

function twelve(date: Date): number {
  return date.getHours() % 12 || 12;
}

/** From 0. Days are counted in UTC, where each has 24 hours. */
function dayOfYear(date: Date): number {
  const day = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((day - Date.UTC(date.getFullYear(), 0, 1)) / DAY_MS);
}

/** Weeks begin on Monday and belong to the year that has their Thursday. */
function isoWeek(date: Date): { readonly year: number; readonly week: number } {
  const thursday = new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()));
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  return { year, week: Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / DAY_MS / 7) + 1 };
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}${two(size % 60)}`;
}

function zoneName(date: Date): string {
  const parts = new Intl.DateTimeFormat("en-US", { timeZoneName: "short" }).formatToParts(date);
  return parts.find(({ type }) => type === "timeZoneName")?.value ?? zone(date);
}
