using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Locks;

/// <summary>Locks on regions as those who use them see them, from a silo and from a client.</summary>
[Collection(SharedCluster.Name)]
public sealed class LockTests(SharedCluster shared) : IAsyncLifetime
{
    private const int RegionBytes = 1_000_000;

    // Long enough that a busy machine renews it in time.
    private static readonly LockOptions Brief = new() { Duration = TimeSpan.FromSeconds(10) };

    // Nobody relies on it.
    private static readonly TimeSpan PausedDuration = TimeSpan.FromMilliseconds(300);
    private static readonly LockOptions Patient = new() { WaitUpTo = FabricCluster.WaitMax };
    private static readonly LockOptions NoWait = new() { WaitUpTo = TimeSpan.Zero };
    private readonly string _name = $"locked-{Guid.NewGuid()}";

    private FabricCluster Cluster => shared.Fabric;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Cluster.Client.DeleteRegionAsync(_name);

    [Theory, FromEachFace]
    public async Task Two_exclusive_holders_are_never_there_at_once_and_every_increment_counts(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await using MemoryRegion other = await Cluster.InSilo(1).OpenRegionAsync(_name);
        int holders = 0;
        ulong last = 0;

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async caller =>
        {
            MemoryRegion mine = caller % 2 == 0 ? region : other;
            byte[] bytes = new byte[8];
            for (int i = 0; i < 10; i++)
            {
                await using RegionLock hold = await mine.LockAsync(4090, 16, LockMode.Exclusive, Patient);
                Assert.Equal(1, Interlocked.Increment(ref holders));
                Assert.True(hold.Fence.Number > last);
                last = hold.Fence.Number;
                await mine.ReadAsync(4096, bytes);
                await mine.WriteAsync(4096, BitConverter.GetBytes(BitConverter.ToInt64(bytes) + 1), hold.Fence);
                Interlocked.Decrement(ref holders);
            }
        }));

        Assert.Equal(80, await region.AddAsync(4096, 0));
    }

    [Theory, FromEachFace]
    public async Task Many_share_one_excludes_and_as_many_hold_as_there_are_slots(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await using (RegionLock first = await region.LockAsync(0, 10, LockMode.Shared))
        await using (RegionLock second = await region.LockAsync(5, 10, LockMode.Shared))
        {
            Assert.Null(await region.TryLockAsync(9, 1, LockMode.Exclusive));
            await using RegionLock? apart = await region.TryLockAsync(15, 1, LockMode.Exclusive);
            Assert.NotNull(apart);
            Assert.Null(await region.TryLockAsync(0, 16, LockMode.Shared));
        }

        var three = new LockOptions { Slots = 3, WaitUpTo = TimeSpan.Zero };
        RegionLock?[] slots = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => region.TryLockAsync(104, 8, LockMode.Shared, three).AsTask()));
        RegionLock[] held = [.. slots.OfType<RegionLock>()];
        Assert.Equal(3, held.Length);
        foreach (RegionLock hold in held) await region.AddAsync(104, 1, hold.Fence);
        Assert.Equal(3, await region.AddAsync(104, 0));
        await held[1].DisposeAsync();
        await using RegionLock? next = await region.TryLockAsync(104, 8, LockMode.Shared, three);
        Assert.NotNull(next);
        Assert.Null(await region.TryLockAsync(104, 8, LockMode.Shared, three));

        // The slot of the second went to the next: the memory's owner refuses the second, and the others go on.
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.AddAsync(104, 1, held[1].Fence));
        await region.AddAsync(104, 1, held[0].Fence);
        await region.AddAsync(104, 1, next.Fence);
        foreach (RegionLock hold in held) await hold.DisposeAsync();
    }

    [Theory, FromEachFace]
    public async Task Never_more_hold_a_semaphore_than_it_has_slots(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        int holders = 0;
        await Task.WhenAll(Enumerable.Range(0, 12).Select(async caller =>
        {
            for (int i = 0; i < 8; i++)
            {
                await using RegionLock hold = await region.LockAsync(0, 16, LockMode.Shared, new LockOptions { Slots = 3, WaitUpTo = FabricCluster.WaitMax });
                Assert.InRange(Interlocked.Increment(ref holders), 1, 3);
                await region.AddAsync(8, 1, hold.Fence);
                Interlocked.Decrement(ref holders);
            }
        }));

        Assert.Equal(12 * 8, await region.AddAsync(8, 0));
    }

    [Theory, FromEachFace]
    public async Task A_paused_former_holder_is_refused_and_changes_nothing(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        LockFence former;
        await using (RegionLock known = await region.LockAsync(0, 1, LockMode.Exclusive)) former = known.Fence;
        LockReply paused = await Grain.AskAsync(Request(former.Region) with { Ranges = [new(0, 20_000)], Duration = PausedDuration });
        former = former with { Number = paused.Fence };
        await region.WriteAsync(0, Enumerable.Repeat((byte)1, 20_000).ToArray(), former);

        // It does not renew, because it is paused: the lock runs out and is had by the next.
        await using RegionLock holder = await region.LockAsync(0, 20_000, LockMode.Exclusive, Patient);
        Assert.True(holder.Fence.Number > former.Number);
        await region.WriteAsync(8, new byte[8], holder.Fence);

        var error = await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.WriteAsync(0, new byte[20_000], former));
        Assert.Contains("fence of a lock", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.AddAsync(8, 1, former));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.CompareExchangeAsync(8, 0, 1, former));
        Assert.Equal(0, await region.AddAsync(8, 0));
        byte[] read = new byte[20_000];
        await region.ReadAsync(0, read);
        Assert.All(read.Where((_, i) => i is < 8 or > 15), value => Assert.Equal(1, value));

        // Nor is a fence worth anything beside its lock; whoever carries none is not held up.
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.WriteAsync(20_000, new byte[1], holder.Fence));
        Assert.Equal(5, await region.AddAsync(8, 5));
        Assert.Equal(LockStatus.NotHeld, await Grain.RenewAsync(Guid.NewGuid()));
    }

    [Fact]
    public async Task A_lock_is_renewed_while_it_is_open_and_runs_out_when_nobody_does()
    {
        await using MemoryRegion inSilo = await OpenAsync(Face.Silo);
        await using MemoryRegion inClient = await OpenAsync(Face.Client);
        await using RegionLock keptInSilo = await inSilo.LockAsync(0, 1, LockMode.Exclusive, Brief);
        await using RegionLock keptInClient = await inClient.LockAsync(1, 1, LockMode.Exclusive, Brief);

        // A lock nobody renews, of the same duration and taken later, runs out and is had again: so much time has passed.
        LockRequest unrenewed = Request(keptInSilo.Fence.Region) with { Duration = Brief.Duration };
        Assert.Equal(LockStatus.Held, (await Grain.AskAsync(unrenewed)).Status);
        await using (RegionLock next = await inClient.LockAsync(unrenewed.Ranges[0].Offset, 8, LockMode.Exclusive, Patient))
        {
            Assert.Equal(LockStatus.NotHeld, await Grain.RenewAsync(unrenewed.Id));
        }

        foreach ((MemoryRegion region, RegionLock kept) in new[] { (inSilo, keptInSilo), (inClient, keptInClient) })
        {
            Assert.False(kept.Lost.IsCancellationRequested);
            Assert.Null(await region.TryLockAsync(kept.Ranges[0].Offset, 1, LockMode.Exclusive));
            await kept.RenewAsync();
            await region.WriteAsync(kept.Ranges[0].Offset, new byte[1], kept.Fence);
        }
    }

    [Theory, FromEachFace]
    public async Task Those_who_wait_are_served_in_the_order_of_asking(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        RegionLock first = await region.LockAsync(0, 8, LockMode.Exclusive);
        List<int> served = [];
        List<Task> waiting = [];
        for (int i = 0; i < 100; i++)
        {
            waiting.Add(WaitAsync(i));
            await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == waiting.Count, "the next one waits");
        }

        await first.DisposeAsync();
        await Task.WhenAll(waiting);
        Assert.Equal(Enumerable.Range(0, 100), served);

        async Task WaitAsync(int i)
        {
            await using RegionLock hold = await region.LockAsync(0, 8, i % 5 == 4 ? LockMode.Shared : LockMode.Exclusive, Patient);
            lock (served) served.Add(i);
        }
    }

    [Theory, FromEachFace]
    public async Task Disjoint_bytes_do_not_wait_and_nobody_overtakes_on_the_same(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await using RegionLock reader = await region.LockAsync(0, 100, LockMode.Shared);
        Task<RegionLock> writer = region.LockAsync(0, 100, LockMode.Exclusive).AsTask();
        await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == 1, "the writer waits");

        await using (RegionLock apart = await region.LockAsync(100, 100, LockMode.Exclusive, NoWait)) Assert.Equal(100, apart.Ranges[0].Offset);
        Assert.Null(await region.TryLockAsync(50, 1, LockMode.Shared));
        await reader.DisposeAsync();
        await (await writer).DisposeAsync();
    }

    [Theory, FromEachFace]
    public async Task A_deadline_is_kept_and_who_stops_waiting_is_forgotten(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await using RegionLock hold = await region.LockAsync(0, 8, LockMode.Exclusive);
        var late = new LockOptions { WaitUpTo = TimeSpan.FromMilliseconds(100) };
        var error = await Assert.ThrowsAsync<LockTimeoutException>(async () => await region.LockAsync(0, 8, LockMode.Exclusive, late));
        Assert.Equal((_name, late.WaitUpTo), (error.Region, error.Waited));
        Assert.Contains(_name, error.Message, StringComparison.Ordinal);
        Assert.Null(await region.TryLockAsync(0, 8, LockMode.Shared, late));

        using var cancel = new CancellationTokenSource();
        Task<RegionLock> waiting = region.LockAsync(0, 8, LockMode.Exclusive, null, cancel.Token).AsTask();
        await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == 1, "it waits");
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == 0, "it is forgotten");
        await hold.DisposeAsync();
        await using RegionLock? free = await region.TryLockAsync(0, 8, LockMode.Exclusive);
        Assert.NotNull(free);
    }

    [Theory, FromEachFace]
    public async Task Two_who_lock_the_same_ranges_in_opposite_orders_never_wait_for_each_other(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        LockRange a = new(0, 100), b = new(500_000, 100), c = new(900_000, 8);
        await Task.WhenAll(new LockRange[][] { [a, b, c], [c, b, a], [b, c], [c, a] }.Select(async ranges =>
        {
            for (int i = 0; i < 10; i++)
            {
                await using RegionLock hold = await region.LockManyAsync(ranges, LockMode.Exclusive, Patient);
                Assert.Equal(ranges.OrderBy(range => range.Offset), hold.Ranges);
                await region.AddAsync(ranges.Max(range => range.Offset), 1, hold.Fence);
            }
        }));
        Assert.Equal(40, await region.AddAsync(900_000, 0) + await region.AddAsync(500_000, 0));

        await using RegionLock merged = await region.LockManyAsync([new(10, 10), new(0, 10), new(5, 3)], LockMode.Shared);
        Assert.Equal([new LockRange(0, 20)], merged.Ranges);
    }

    [Theory, FromEachFace]
    public async Task A_deleted_region_takes_its_locks_along_and_a_new_one_knows_none(Face face)
    {
        await using MemoryRegion old = await OpenAsync(face);
        RegionLock held = await old.LockAsync(0, 100, LockMode.Exclusive, Brief);
        Task<RegionLock> waiting = old.LockAsync(0, 100, LockMode.Exclusive).AsTask();
        await FabricCluster.UntilAsync(async () => (await Grain.DescribeAsync()).WaiterCount == 1, "one waits");

        await Cluster.Client.DeleteRegionAsync(_name);

        await Assert.ThrowsAsync<RegionNotFoundException>(() => waiting);
        await UntilLostAsync(held);
        await Assert.ThrowsAsync<LeaseExpiredException>(async () => await held.RenewAsync());
        await using MemoryRegion made = await OpenAsync(face);
        await using RegionLock fresh = await made.LockAsync(0, 100, LockMode.Exclusive, NoWait);
        var error = await Assert.ThrowsAsync<LeaseFencedException>(async () => await made.WriteAsync(0, new byte[1], held.Fence));
        Assert.Contains("another region", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RegionNotFoundException>(async () => await old.LockAsync(0, 100, LockMode.Exclusive, NoWait));
        await made.WriteAsync(0, new byte[1], fresh.Fence);
        await Assert.ThrowsAsync<LeaseExpiredException>(async () => await held.ReleaseAsync());
        await held.DisposeAsync();
    }

    [Theory, FromEachFace]
    public async Task Memory_that_came_to_the_region_after_the_lock_refuses_its_fence(Face face)
    {
        await using MemoryRegion region = await OpenAsync(face);
        await region.ResizeAsync(5_000_000);
        await using RegionLock hold = await region.LockAsync(0, 5_000_000, LockMode.Exclusive);
        await region.WriteAsync(4_999_999, new byte[] { 1 }, hold.Fence);
        await region.ResizeAsync(RegionBytes);
        await region.ResizeAsync(5_000_000);

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await region.WriteAsync(4_999_999, new byte[] { 2 }, hold.Fence));
        await region.WriteAsync(0, new byte[] { 3 }, hold.Fence);
        await hold.ReleaseAsync();
        await using RegionLock anew = await region.LockAsync(0, 5_000_000, LockMode.Exclusive, NoWait);
        await region.WriteAsync(4_999_999, new byte[] { 2 }, anew.Fence);
    }

    private IRegionLockGrain Grain => Cluster.Cluster.Client.GetGrain<IRegionLockGrain>(_name);

    private async Task<MemoryRegion> OpenAsync(Face face) => await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);

    private static LockRequest Request(Guid region) => new(
        region, Guid.NewGuid(), LockMode.Exclusive, 1, [new LockRange(100, 8)], TimeSpan.FromSeconds(10), TimeSpan.Zero, "paused");

    private static Task UntilLostAsync(RegionLock hold) =>
        FabricCluster.UntilAsync(() => new(hold.Lost.IsCancellationRequested), "the handle hears that its lock is gone");
}
