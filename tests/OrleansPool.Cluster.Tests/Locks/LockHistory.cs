using System.Diagnostics;

namespace OrleansPool.Cluster.Tests.Locks;

/// <summary>
/// What holders of one lock did, from when to when they believed in it, and what came of their writes. All of them live in one
/// process, so one clock orders them.
/// </summary>
internal sealed class LockHistory
{
    private static readonly TimeSpan HoldMax = TimeSpan.FromSeconds(30);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _added = new(0);
    private readonly List<LockHold> _holds = [];

    public int AcknowledgedCount
    {
        get
        {
            lock (_lock) return _holds.Count(hold => hold.Outcome == WriteOutcome.Acknowledged);
        }
    }

    public void Add(LockHold hold)
    {
        lock (_lock) _holds.Add(hold);
        _added.Release();
    }

    /// <summary>Waits for the next hold; tells whether so many increments were acknowledged by now.</summary>
    public async Task<bool> ReachesAsync(int acknowledged)
    {
        await _added.WaitAsync(HoldMax);
        return AcknowledgedCount >= acknowledged;
    }

    /// <summary>Holds the history against what a lock is.</summary>
    /// <param name="found">The counter at the end.</param>
    public string Check(long found)
    {
        LockHold[] holds = [.. _holds.OrderBy(hold => hold.Fence)];
        Assert.Equal(holds.Length, holds.DistinctBy(hold => hold.Fence).Count());
        long ended = 0;
        foreach (LockHold hold in _holds.OrderBy(hold => hold.From))
        {
            Assert.True(hold.From >= ended, $"fence {hold.Fence} was held before the one before it was given up");
            ended = Math.Max(ended, hold.Until);
        }

        // Effects stand in the order of fences: each holder found what was written under a lower fence, and counted on from there.
        long value = 0;
        int unknown = 0;
        foreach (LockHold hold in holds)
        {
            Assert.True(hold.FenceFound < hold.Fence, $"fence {hold.Fence} found what fence {hold.FenceFound} wrote");
            if (hold.Outcome == WriteOutcome.Unknown) unknown++;
            if (hold.Outcome != WriteOutcome.Acknowledged) continue;
            Assert.True(hold.Written > value, $"fence {hold.Fence} wrote {hold.Written} after {value} had been written");
            value = hold.Written;
        }

        int acknowledged = holds.Count(hold => hold.Outcome == WriteOutcome.Acknowledged);
        Assert.InRange(found, acknowledged, acknowledged + unknown);
        TimeSpan gap = _holds.OrderBy(hold => hold.From).Zip(_holds.OrderBy(hold => hold.From).Skip(1))
            .Max(pair => Stopwatch.GetElapsedTime(pair.First.From, pair.Second.From));
        return $"{acknowledged} increments acknowledged, {unknown} unknown, {holds.Length - acknowledged - unknown} refused; longest time without a grant {gap.TotalSeconds:0.0} s";
    }
}
