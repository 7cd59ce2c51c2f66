import { Skeleton as HeroSkeleton } from '@heroui/react/skeleton';

/** Holds the place of what is being loaded, at its size, so that nothing jumps. */
export function Skeleton({ className }: { className: string }) {
  return <HeroSkeleton className={`rounded ${className}`} />;
}

export function SkeletonRows({ rows = 6, label }: { rows?: number; label: string }) {
  return (
    <div role="status" aria-label={label} className="flex flex-col gap-2 p-3">
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all the same and have no order
        <Skeleton key={index} className="h-7 w-full" />
      ))}
    </div>
  );
}
