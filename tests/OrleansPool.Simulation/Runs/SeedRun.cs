using OrleansPool.Core.Replication;
using OrleansPool.Simulation.Checks;
using OrleansPool.Simulation.Witness;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Runs;

/// <summary>One seed: a quiet beginning, faults, and the end of all faults, after which everything must be well again in bounded time.</summary>
internal static class SeedRun
{
    private static readonly TimeSpan Beginning = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Afterwards = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Quiet = TimeSpan.FromMinutes(11);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Runs a seed.</summary>
    public static SeedReport Run(ulong seed, SimOptions options, TextWriter? trace = null)
    {
        var world = new SimWorld(seed, options) { Trace = trace };
        try
        {
            world.Begin();
            Advance(world, Beginning);
            world.BeginFaults();
            Advance(world, options.Faults);
            world.Heal();
            Advance(world, Afterwards);
            if (world.Swarm.HasLongQuiet) BeQuiet(world);
            foreach (var client in world.Clients) client.IsStopped = true;
            long end = world.Queue.Now + options.Recovery.Ticks;
            while (options.MustRecover && world.Queue.Now < end && Liveness.WhatIsNotWell(world) is not null && world.Invariants.Violations.Count == 0) Advance(world, Look);
            if (options.MustRecover && Liveness.WhatIsNotWell(world) is { } left && world.Invariants.Violations.Count == 0) world.Invariants.Violate($"not well in {options.Recovery.TotalSeconds} s after the last fault: {left}");
            world.Invariants.CheckAll();
            if (trace is not null) Portrait.Draw(world, trace);
            return Report(world, world.Truth.Check());
        }
        finally
        {
            foreach (SimSilo silo in world.Silos) silo.Crash();
        }
    }

    private static void BeQuiet(SimWorld world)
    {
        foreach (var client in world.Clients) client.IsStopped = true;
        Advance(world, Quiet);
        foreach (var client in world.Clients) client.GoOn();
        Advance(world, Afterwards);
    }

    private static SeedReport Report(SimWorld world, WitnessReport witness) => new(
        world.Seed, [.. world.Invariants.Violations, .. witness.Violations.Select(violation => violation.ToString())],
        world.Truth.Counts.Ended, world.Truth.Counts.Answered, witness.OperationCount, witness.ExecutedCount, world.Queue.Count, new TimeSpan(world.Queue.Now), world.Queue.Hash,
        world.Nemesis.Counts, world.Nemesis.Pairs, world.Nemesis.Strikes, world.Store.Rows.Count(row => row.State == SegmentState.Lost), world.CacheHits, world.IsAlarmed);

    private static void Advance(SimWorld world, TimeSpan time)
    {
        long end = world.Queue.Now + time.Ticks;
        while (world.Queue.Step(end) && world.Invariants.Violations.Count == 0)
        {
        }
    }
}
