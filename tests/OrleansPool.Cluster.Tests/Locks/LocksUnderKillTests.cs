using System.Diagnostics;
using OrleansPool.Cluster.Tests.Processes;
using OrleansPool.Grains;

namespace OrleansPool.Cluster.Tests.Locks;

/// <summary>A counter under a lock, on three silos with Redis, while the silo of the lock's grain is killed.</summary>
public sealed class LocksUnderKillTests
{
    private const int CounterBytes = 16;
    private const int CallersPerClient = 4;
    private const int IncrementsBeforeAndAfter = 100;
    private static readonly TimeSpan PausedDuration = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LimitMax = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Two_holders_are_never_there_at_once_and_no_lock_is_lost_for_ever_when_the_silo_of_its_grain_is_killed()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB");
        await using FabricClient first = await cluster.ConnectAsync(0);
        (string name, string victim, string bystander) = await ChooseAsync(first);
        SiloProcess other = cluster.Silos.Single(silo => silo.Name == bystander);
        await using FabricClient second = await FabricClient.ConnectAsync(cluster.Cluster, other);
        var history = new LockHistory();
        using var stop = new CancellationTokenSource(LimitMax);

        Task[] callers = [.. new[] { first, second }.SelectMany(client => Enumerable.Range(0, CallersPerClient)
            .Select(i => CountAsync(client.Fabric, name, TimeSpan.FromSeconds(i == 0 ? 1 : 10), history, stop.Token)))];
        Task<int> paused = PauseAsync(second, name, stop.Token);
        long startedAt = Stopwatch.GetTimestamp();
        await Eventually.TrueAsync(() => history.ReachesAsync(IncrementsBeforeAndAfter), "callers count before the kill");
        TimeSpan before = Stopwatch.GetElapsedTime(startedAt);
        await cluster.Silos.Single(silo => silo.Name == victim).Process.KillAsync();
        int atKill = history.AcknowledgedCount;
        await Eventually.TrueAsync(() => history.ReachesAsync(atKill + IncrementsBeforeAndAfter), "callers count on after the kill");
        await stop.CancelAsync();
        await Task.WhenAll(callers);
        int refusedCount = await paused;
        Assert.True(refusedCount > 0, "some holder was paused past its time");

        await using MemoryRegion region = await first.Fabric.OpenRegionAsync(name);
        await using (RegionLock last = await region.LockAsync(0, CounterBytes, LockMode.Exclusive)) Assert.Equal(LockMode.Exclusive, last.Mode);
        string told = history.Check(await region.AddAsync(0, 0));
        TestContext.Current.SendDiagnosticMessage($"{IncrementsBeforeAndAfter} handovers in {before.TotalSeconds:0.0} s before the kill; {told}; {refusedCount} paused holders refused");
    }

    [Fact]
    public async Task A_lock_that_is_held_outlives_the_silo_of_its_grain_and_a_waiter_gets_it_next()
    {
        await using ThreeSilos cluster = await ThreeSilos.StartAsync("32MiB");
        await using FabricClient client = await cluster.ConnectAsync(0);
        (string name, string victim, _) = await ChooseAsync(client);
        await using MemoryRegion region = await client.Fabric.OpenRegionAsync(name);
        RegionLock held = await region.LockAsync(0, CounterBytes, LockMode.Exclusive, new LockOptions { Duration = TimeSpan.FromSeconds(30) });
        Task<RegionLock> waiting = region.LockAsync(0, CounterBytes, LockMode.Exclusive, new LockOptions { WaitUpTo = LimitMax }).AsTask();
        IRegionLockGrain grain = client.Grains.GetGrain<IRegionLockGrain>(name);
        await Eventually.TrueAsync(async () => (await grain.DescribeAsync()).WaiterCount == 1, "one waits");

        await cluster.Silos.Single(silo => silo.Name == victim).Process.KillAsync();

        await Eventually.TrueAsync(async () => await RenewsAsync(held), "the holder renews with the grain's next activation");
        await Eventually.TrueAsync(async () => (await grain.DescribeAsync()).WaiterCount == 1, "the waiter asks again");
        Assert.False(waiting.IsCompleted);
        Assert.False(held.Lost.IsCancellationRequested);
        await region.AddAsync(0, 1, held.Fence);
        await held.ReleaseAsync();
        await using RegionLock next = await waiting;
        Assert.True(next.Fence.Number > held.Fence.Number);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.AddAsync(0, 1, held.Fence));
        Assert.Equal(2, await region.AddAsync(0, 1, next.Fence));
    }

    private static async Task<bool> RenewsAsync(RegionLock held)
    {
        try
        {
            await held.RenewAsync();
            return true;
        }
        catch (PoolUnavailableException)
        {
            return false;
        }
    }

    /// <summary>Finds a region whose bytes and whose locks are on different silos, and whose locks are not on the first one's.</summary>
    private static async Task<(string Region, string Victim, string Bystander)> ChooseAsync(FabricClient client)
    {
        var management = client.Grains.GetGrain<IManagementGrain>(0);
        IReadOnlyList<NodeReport> nodes = (await client.Fabric.DescribeAsync()).Nodes;
        for (int i = 0; i < 100; i++)
        {
            string name = $"counter-{i}";
            await using MemoryRegion region = await client.Fabric.OpenRegionAsync(name, CounterBytes);
            await using (await region.LockAsync(0, 1, LockMode.Exclusive))
            {
                SiloAddress? keeper = await management.GetActivationAddress(client.Grains.GetGrain<IRegionLockGrain>(name));
                NodeReport? victim = nodes.FirstOrDefault(node => node.Node.Silo.Equals(keeper));
                if (victim is null || victim.Name == "a" || region.Nodes.Contains(victim.Node)) continue;
                return (name, victim.Name, victim.Name == "b" ? "c" : "b");
            }
        }

        Assert.Fail("No region has its bytes and its locks on different silos.");
        return default;
    }

    /// <summary>Locks, reads, adds one, writes under the fence, unlocks; over and over.</summary>
    private static async Task CountAsync(IMemoryFabric fabric, string name, TimeSpan duration, LockHistory history, CancellationToken stop)
    {
        var options = new LockOptions { Duration = duration, WaitUpTo = LimitMax };
        await using MemoryRegion region = await fabric.OpenRegionAsync(name, 0, null, CancellationToken.None);
        byte[] bytes = new byte[CounterBytes];
        while (!stop.IsCancellationRequested)
        {
            RegionLock hold;
            try
            {
                hold = await region.LockAsync(0, CounterBytes, LockMode.Exclusive, options, stop);
            }
            catch (Exception e) when (e is OperationCanceledException or PoolUnavailableException)
            {
                continue;
            }

            long from = Stopwatch.GetTimestamp();
            long lostAt = long.MaxValue;
            await using CancellationTokenRegistration onLost = hold.Lost.Register(() => Volatile.Write(ref lostAt, Stopwatch.GetTimestamp()));
            await region.ReadAsync(0, bytes, CancellationToken.None);
            long written = BitConverter.ToInt64(bytes) + 1;
            ulong fenceFound = BitConverter.ToUInt64(bytes, 8);
            byte[] next = [.. BitConverter.GetBytes(written), .. BitConverter.GetBytes(hold.Fence.Number)];
            WriteOutcome outcome = await WriteAsync(region, next, hold.Fence);
            long until = Math.Min(Stopwatch.GetTimestamp(), Volatile.Read(ref lostAt));
            history.Add(new LockHold(hold.Fence.Number, from, until, fenceFound, written, outcome));
            await hold.DisposeAsync();
        }
    }

    /// <summary>Is paused while it holds the lock, over and over: when it goes on somebody else has held it, and its write is refused.</summary>
    /// <returns>How often that was.</returns>
    private static async Task<int> PauseAsync(FabricClient client, string name, CancellationToken stop)
    {
        IRegionLockGrain grain = client.Grains.GetGrain<IRegionLockGrain>(name);
        await using MemoryRegion region = await client.Fabric.OpenRegionAsync(name, 0, null, CancellationToken.None);
        int refusedCount = 0;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                LockFence next;
                await using (RegionLock known = await region.LockAsync(0, CounterBytes, LockMode.Exclusive, null, stop)) next = known.Fence;
                var request = new LockRequest(
                    next.Region, Guid.NewGuid(), LockMode.Exclusive, 1, [new LockRange(0, CounterBytes)], PausedDuration, TimeSpan.FromSeconds(20), "paused");
                LockReply reply = await grain.AskAsync(request).WaitAsync(TimeSpan.FromSeconds(5), stop);
                if (reply.Status != LockStatus.Held) continue;
                await using RegionLock other = await region.LockAsync(0, CounterBytes, LockMode.Exclusive, null, stop);
                Assert.True(other.Fence.Number > reply.Fence);
                Assert.Equal(WriteOutcome.Refused, await WriteAsync(region, new byte[CounterBytes], next with { Number = reply.Fence }));
                refusedCount++;
            }
            catch (Exception e) when (e is OperationCanceledException or PoolUnavailableException or LockTimeoutException or TimeoutException or OrleansException)
            {
                // The grain's silo is dead and the next is not there yet, or the test is over.
            }
        }

        return refusedCount;
    }

    private static async Task<WriteOutcome> WriteAsync(MemoryRegion region, byte[] bytes, LockFence fence)
    {
        try
        {
            await region.WriteAsync(0, bytes, fence);
            return WriteOutcome.Acknowledged;
        }
        catch (LeaseFencedException)
        {
            return WriteOutcome.Refused;
        }
        catch (PoolException)
        {
            return WriteOutcome.Unknown;
        }
    }
}
