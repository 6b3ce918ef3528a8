using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Runs;

/// <summary>Leaves faults out of a run that fails, as long as it goes on failing: first many at once, then one by one (Zeller and Hildebrandt, 2002).</summary>
internal static class Shrinking
{
    private const int RunsMax = 200;

    /// <summary>The shape with as many strikes left out as it was possible to leave out.</summary>
    public static SimOptions Shrink(ulong seed, SimOptions shape, SeedReport failed)
    {
        var skipped = new HashSet<int>(shape.SkippedStrikes);
        List<int> left = [.. failed.Strikes.Keys];
        int runs = 0;
        for (int size = Math.Max(1, left.Count / 2); size >= 1 && runs < RunsMax; size = size == 1 ? 0 : size / 2)
        {
            for (int at = 0; at < left.Count && runs < RunsMax;)
            {
                List<int> part = left.GetRange(at, Math.Min(size, left.Count - at));
                runs++;
                SeedReport without = SeedRun.Run(seed, shape with { SkippedStrikes = new HashSet<int>([.. skipped, .. part]) });
                if (without.Holds)
                {
                    at += size;
                    continue;
                }

                skipped.UnionWith(part);
                left.RemoveRange(at, part.Count);
            }
        }

        return shape with { SkippedStrikes = skipped };
    }
}
