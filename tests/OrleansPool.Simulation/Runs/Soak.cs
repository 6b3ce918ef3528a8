using System.Diagnostics;
using OrleansPool.Simulation.World;

namespace OrleansPool.Simulation.Runs;

/// <summary>Runs one seed after the other on several threads until it is stopped, and keeps what came of them.</summary>
internal sealed class Soak(SoakState state, string path, Func<ulong, SimOptions> shapeOf, TextWriter output)
{
    private static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromSeconds(30);

    private readonly Lock _lock = new();
    private readonly HashSet<ulong> _ranBefore = [.. state.Ahead];
    private readonly double _secondsBefore = state.WallSeconds;
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private ulong _nextSeed = state.NextSeed;

    /// <summary>Runs until the time is over or it is told to stop. Seeds that were begun are finished.</summary>
    public void Run(TimeSpan time, int threads, CancellationToken stop)
    {
        using CancellationTokenSource ends = CancellationTokenSource.CreateLinkedTokenSource(stop);
        ends.CancelAfter(time);
        Task[] workers = [.. Enumerable.Range(0, threads).Select(_ => Task.Factory.StartNew(() => Work(ends.Token), TaskCreationOptions.LongRunning))];
        TimeSpan toldAt = TimeSpan.Zero;
        while (!Task.WaitAll(workers, SaveInterval))
        {
            Save();
            if (_clock.Elapsed - toldAt < ProgressInterval) continue;
            toldAt = _clock.Elapsed;
            Tell();
        }

        Save();
    }

    private void Work(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            ulong seed = Next();
            SeedCheck check = SeedCheck.Run(seed, shapeOf(seed));
            lock (_lock)
            {
                state.Add(check);
                if (check.Holds) continue;
                output.WriteLine($"seed {seed}: {check.Complaint}");
                output.WriteLine($"  again: {check.Again}");
            }
        }
    }

    private ulong Next()
    {
        lock (_lock)
        {
            while (_ranBefore.Contains(_nextSeed)) _nextSeed++;
            return _nextSeed++;
        }
    }

    private void Save()
    {
        lock (_lock)
        {
            state.WallSeconds = _secondsBefore + _clock.Elapsed.TotalSeconds;
            state.Save(path);
        }
    }

    private void Tell()
    {
        lock (_lock)
        {
            RunTotals totals = state.Totals;
            output.WriteLine(
                $"{TimeSpan.FromSeconds(state.WallSeconds):d\\.hh\\:mm\\:ss} {totals.Seeds} seeds, {totals.Failed} failed, {totals.OperationsChecked} operations checked, {totals.SimulatedSeconds / 3600:F1} h simulated");
        }
    }
}
