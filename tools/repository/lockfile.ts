export type LockedPackage = {
  version?: string | undefined;
  cpu?: string[] | undefined;
  dev?: boolean | undefined;
  libc?: string[] | undefined;
  optional?: boolean | undefined;
  os?: string[] | undefined;
  optionalDependencies?: Record<string, string>;
};

/** The part of package-lock.json that is used, by place in node_modules. */
export type Lockfile = { packages: Record<string, LockedPackage> };

export type Gap = { place: string; neededBy: string; version: string };

/**
 * Optional packages that an entry names and that have no entry themselves. npm leaves one out when the registry it asked
 * did not have it, which is so for programs of other systems; `npm ci` then refuses the file.
 */
export function findGaps({ packages }: Lockfile): Gap[] {
  const gaps = new Map<string, Gap>();
  for (const [neededBy, { optionalDependencies = {} }] of Object.entries(packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      const place = `node_modules/${name}`;
      if (packages[place] === undefined && packages[`${neededBy}/${place}`] === undefined)
        gaps.set(place, { place, neededBy, version });
    }
  }
  return [...gaps.values()];
}

/** The same file with an entry for each gap: no hash, so npm takes the package's from the registry that has it. */
export function fillGaps(lockfile: Lockfile): Lockfile {
  const packages = { ...lockfile.packages };
  for (const { place, neededBy, version } of findGaps(lockfile)) {
    const { os, cpu, libc } = systemOf(place);
    const dev = packages[neededBy]?.dev;
    // In npm's order of fields; JSON leaves out what is undefined.
    packages[place] = { version, cpu, dev, libc, optional: true, os };
  }
  return { ...lockfile, packages: Object.fromEntries(Object.entries(packages).sort(byPlace)) };
}

const SYSTEMS = [
  'aix',
  'android',
  'darwin',
  'freebsd',
  'linux',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'win32',
];
const PROCESSORS = [
  'arm',
  'arm64',
  'ia32',
  'loong64',
  'mips64el',
  'ppc64',
  'riscv64',
  's390x',
  'wasm32',
  'x64',
];
/** As packages call them, and as Node does. */
const OTHER_NAMES: Readonly<Record<string, string>> = { amd64: 'x64', windows: 'win32' };

/** What a package of native code runs on, which its name ends with: `anvil-darwin-arm64`, `binding-linux-x64-musl`. */
function systemOf(place: string): Pick<LockedPackage, 'os' | 'cpu' | 'libc'> {
  const words = place.split(/[/-]/).map((word) => OTHER_NAMES[word] ?? word);
  const os = words.filter((word) => SYSTEMS.includes(word));
  const cpu = words.filter((word) => PROCESSORS.includes(word));
  if (cpu.length === 0)
    throw new Error(`${place} does not say in its name what it runs on; add it to the lock file by hand`);
  const libc = words.some((word) => word.startsWith('musl'))
    ? ['musl']
    : words.some((word) => word.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  return { os: os.length > 0 ? os : undefined, cpu, libc };
}

/** npm's order. */
function byPlace([a]: [string, LockedPackage], [b]: [string, LockedPackage]): number {
  return a.localeCompare(b, 'en');
}
