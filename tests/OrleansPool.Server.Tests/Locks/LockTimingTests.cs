using System.Diagnostics;
using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Locks;

/// <summary>
/// How exactly deadlines are kept, and what a lock costs, told as diagnostic messages. Asserted is what holds on any machine: nobody gives up
/// early, is served late, or is left in the queue.
/// </summary>
[Collection(SharedCluster.Name)]
public sealed class LockTimingTests(SharedCluster shared) : IAsyncLifetime
{
    private const int RegionBytes = 1_000_000;
    private readonly string _name = $"timed-{Guid.NewGuid()}";

    private FabricCluster Cluster => shared.Fabric;

    private IRegionLockGrain Grain => Cluster.Cluster.Client.GetGrain<IRegionLockGrain>(_name);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Cluster.Client.DeleteRegionAsync(_name);

    [Theory, FromEachFace]
    public async Task Hundreds_of_deadlines_end_their_waits_and_nobody_gives_up_before_or_is_served_after_his(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await using RegionLock hold = await region.LockAsync(0, 8, LockMode.Exclusive);
        double[] overshoots = await Task.WhenAll(Enumerable.Range(0, 300).Select(async i =>
        {
            var options = new LockOptions { WaitUpTo = TimeSpan.FromMilliseconds(300 + i) };
            long started = Stopwatch.GetTimestamp();
            Assert.Null(await region.TryLockAsync(0, 8, LockMode.Exclusive, options));
            return (Stopwatch.GetElapsedTime(started) - options.WaitUpTo).TotalMilliseconds;
        }));
        Array.Sort(overshoots);
        Assert.True(overshoots[0] > -20, $"one gave up {-overshoots[0]} ms early");
        TestContext.Current.SendDiagnosticMessage($"{face}: 300 deadlines, overshoot p50 {overshoots[150]:0.0} ms, p99 {overshoots[297]:0.0} ms, max {overshoots[^1]:0.0} ms");
        await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == 0, "all are forgotten");
    }

    [Theory, FromEachFace]
    public async Task Handovers_are_measured(Face face)
    {
        const int Count = 300;
        await using MemoryRegion region = await OpenAsync(face);
        await using (await region.LockAsync(0, 8, LockMode.Exclusive)) Assert.Equal(RegionBytes, region.Length);
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < Count; i++) await (await region.LockAsync(0, 8, LockMode.Exclusive)).DisposeAsync();
        double alone = Stopwatch.GetElapsedTime(started).TotalMilliseconds / Count;
        started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(async caller =>
        {
            for (int i = 0; i < Count / 10; i++) await (await region.LockAsync(caller * 100, 8, LockMode.Exclusive)).DisposeAsync();
        }));
        double apart = 16 * (Count / 10) / Stopwatch.GetElapsedTime(started).TotalSeconds;
        TestContext.Current.SendDiagnosticMessage($"{face}: lock and release {alone:0.00} ms alone; {apart:0} a second by 16 on disjoint bytes (memory storage)");
        Assert.Empty((await Grain.DescribeAsync()).Held);
    }

    private async Task<MemoryRegion> OpenAsync(Face face) => await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);
}
