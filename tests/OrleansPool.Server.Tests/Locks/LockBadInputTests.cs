using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Locks;

/// <summary>Wrong arguments at every entry point of locks: a typed error that names the value and the rule, and nothing is held.</summary>
[Collection(SharedCluster.Name)]
public sealed class LockBadInputTests(SharedCluster shared) : IAsyncLifetime
{
    private const int RegionBytes = 5_000;
    private readonly string _name = $"wrong-{Guid.NewGuid()}";

    private FabricCluster Cluster => shared.Fabric;

    private IRegionLockGrain Grain => Cluster.Cluster.Client.GetGrain<IRegionLockGrain>(_name);

    private static CancellationToken Cancelled => new(canceled: true);

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync() => await Cluster.Client.DeleteRegionAsync(_name);

    [Theory, FromEachFace]
    public async Task Wrong_bytes_are_refused(Face face)
    {
        await using MemoryRegion region = await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);
        foreach ((long offset, long bytes, string said) in new[]
        {
            (-1, 1, "-1"), (0L, 0L, "at least one byte"), (0L, -1L, "at least one byte"), (0L, long.MinValue, "at least one byte"), (long.MinValue, 1, $"{long.MinValue}"),
            (5_000, 1, "1 bytes from 5000"), (4_999, 2, "5000 bytes"), (1, long.MaxValue, $"{long.MaxValue}"), (long.MaxValue, long.MaxValue, $"{long.MaxValue}"),
        })
        {
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.LockAsync(offset, bytes, LockMode.Exclusive), said);
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.TryLockAsync(offset, bytes, LockMode.Shared), said);
            await RefusedAsync<ArgumentOutOfRangeException>(
                async () => await region.LockManyAsync([new LockRange(0, 1), new LockRange(offset, bytes)], LockMode.Shared), said);
        }

        await RefusedAsync<ArgumentNullException>(async () => await region.LockManyAsync(null!, LockMode.Shared), "ranges");
        await RefusedAsync<ArgumentException>(async () => await region.LockManyAsync([], LockMode.Shared), "names 0", "16");
        await RefusedAsync<ArgumentException>(
            async () => await region.LockManyAsync([.. Enumerable.Range(0, 17).Select(i => new LockRange(2 * i, 1))], LockMode.Shared), "names 17", "16");
        await AssertNothingHeldAsync();
    }

    [Theory, FromEachFace]
    public async Task Wrong_options_are_refused(Face face)
    {
        await using MemoryRegion region = await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);
        async Task Refused<TError>(LockMode mode, LockOptions options, params string[] said)
            where TError : Exception
        {
            await RefusedAsync<TError>(async () => await region.LockAsync(0, 1, mode, options), said);
            await RefusedAsync<TError>(async () => await region.TryLockAsync(0, 1, mode, options), said);
            await RefusedAsync<TError>(async () => await region.LockManyAsync([new LockRange(0, 1)], mode, options), said);
        }

        await Refused<ArgumentOutOfRangeException>((LockMode)7, LockOptions.Default, "7", "exclusive or shared");
        foreach (int slots in new[] { 0, -1, 257, int.MaxValue, int.MinValue })
        {
            await Refused<ArgumentOutOfRangeException>(LockMode.Shared, new LockOptions { Slots = slots }, $"{slots}", "256");
        }

        await Refused<ArgumentException>(LockMode.Exclusive, new LockOptions { Slots = 2 }, "2 are named", "no slots");
        foreach (TimeSpan duration in new[] { TimeSpan.Zero, TimeSpan.FromMilliseconds(99), TimeSpan.FromHours(1.1), Timeout.InfiniteTimeSpan, TimeSpan.MaxValue })
        {
            await Refused<ArgumentOutOfRangeException>(LockMode.Exclusive, new LockOptions { Duration = duration }, $"{duration}", "00:00:00.1000000", "01:00:00");
        }

        foreach (TimeSpan wait in new[] { TimeSpan.FromTicks(-1), Timeout.InfiniteTimeSpan, TimeSpan.FromDays(2), TimeSpan.MaxValue })
        {
            await Refused<ArgumentOutOfRangeException>(LockMode.Exclusive, new LockOptions { WaitUpTo = wait }, $"{wait}", "1.00:00:00");
        }

        await Refused<ArgumentNullException>(LockMode.Exclusive, new LockOptions { Owner = null! }, "Owner");
        await Refused<ArgumentException>(LockMode.Exclusive, new LockOptions { Owner = new string('x', 129) }, "129", "128");
        await RefusedAsync<OperationCanceledException>(async () => await region.LockAsync(0, 1, LockMode.Shared, null, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await region.TryLockAsync(0, 1, LockMode.Shared, null, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await region.LockManyAsync([new LockRange(0, 1)], LockMode.Shared, null, Cancelled));
        await AssertNothingHeldAsync();

        await using RegionLock two = await region.LockAsync(0, 10, LockMode.Shared, new LockOptions { Slots = 2 });
        await RefusedAsync<ArgumentException>(async () => await region.LockAsync(9, 1, LockMode.Shared, new LockOptions { Slots = 3 }), "2 slots", "names 3");
        await RefusedAsync<ArgumentException>(async () => await region.LockAsync(9, 1, LockMode.Shared), "2 slots", "names 256");
        await region.DisposeAsync();
        await RefusedAsync<ObjectDisposedException>(async () => await region.LockAsync(0, 1, LockMode.Shared));
        await RefusedAsync<ObjectDisposedException>(async () => await region.TryLockAsync(0, 1, LockMode.Shared));
        await RefusedAsync<ObjectDisposedException>(async () => await region.LockManyAsync([new LockRange(0, 1)], LockMode.Shared));
        await RefusedAsync<ObjectDisposedException>(async () => await region.WriteAsync(0, new byte[1], two.Fence));
        await RefusedAsync<ObjectDisposedException>(async () => await region.AddAsync(0, 1, two.Fence));
        await RefusedAsync<ObjectDisposedException>(async () => await region.CompareExchangeAsync(0, 0, 1, two.Fence));
    }

    [Theory, FromEachFace]
    public async Task Writes_with_wrong_fences_are_refused(Face face)
    {
        await using MemoryRegion region = await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);
        await using RegionLock hold = await region.LockAsync(0, RegionBytes, LockMode.Exclusive);
        async Task Refused<TError>(LockFence fence, string said)
            where TError : Exception
        {
            await RefusedAsync<TError>(async () => await region.WriteAsync(0, new byte[1], fence), said);
            await RefusedAsync<TError>(async () => await region.AddAsync(0, 1, fence), said);
            await RefusedAsync<TError>(async () => await region.CompareExchangeAsync(0, 0, 1, fence), said);
        }

        await Refused<ArgumentException>(default, "no number");
        await Refused<LeaseFencedException>(new LockFence(Guid.Empty, 1), "another region");
        await Refused<LeaseFencedException>(hold.Fence with { Number = ulong.MaxValue }, "fence of a lock");
        await Refused<LeaseFencedException>(hold.Fence with { Number = hold.Fence.Number + 1 }, "fence of a lock");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.WriteAsync(-1, new byte[1], hold.Fence), "-1");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.WriteAsync(4_999, new byte[2], hold.Fence), "5000");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.AddAsync(4, 1, hold.Fence), "multiple of 8");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.CompareExchangeAsync(long.MaxValue, 0, 1, hold.Fence), $"{long.MaxValue}");
        await RefusedAsync<OperationCanceledException>(async () => await region.WriteAsync(0, new byte[1], hold.Fence, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await region.AddAsync(0, 1, hold.Fence, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await region.CompareExchangeAsync(0, 0, 1, hold.Fence, Cancelled));
        Assert.Equal(0, await region.AddAsync(0, 0));
    }

    [Theory, FromEachFace]
    public async Task A_lock_released_twice_or_by_a_stranger_is_told_so(Face face)
    {
        await using MemoryRegion region = await Cluster.As(face).OpenRegionAsync(_name, RegionBytes);
        RegionLock hold = await region.LockAsync(0, 1, LockMode.Exclusive);
        Assert.Equal(LockStatus.NotHeld, await Grain.ReleaseAsync(Guid.NewGuid()));
        Assert.Equal(LockStatus.NotHeld, await Grain.RenewAsync(Guid.NewGuid()));
        await RefusedAsync<OperationCanceledException>(async () => await hold.RenewAsync(Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await hold.ReleaseAsync(Cancelled));
        Assert.Null(await region.TryLockAsync(0, 1, LockMode.Exclusive));
        await hold.ReleaseAsync();
        await RefusedAsync<ObjectDisposedException>(async () => await hold.ReleaseAsync());
        await RefusedAsync<ObjectDisposedException>(async () => await hold.RenewAsync());
        await hold.DisposeAsync();
        await hold.DisposeAsync();
        await AssertNothingHeldAsync();
        await using RegionLock? next = await region.TryLockAsync(0, 1, LockMode.Exclusive);
        Assert.NotNull(next);
    }

    [Fact]
    public async Task The_grain_refuses_requests_that_no_client_makes()
    {
        await using MemoryRegion region = await Cluster.Client.OpenRegionAsync(_name, RegionBytes);
        RegionLock hold = await region.LockAsync(0, 1, LockMode.Exclusive);
        await hold.DisposeAsync();
        var right = new LockRequest(
            hold.Fence.Region, Guid.NewGuid(), LockMode.Shared, 2, [new(0, 1), new(5, 1)], TimeSpan.FromSeconds(1), TimeSpan.Zero, "");
        foreach (LockRequest wrong in new[]
        {
            right with { Id = Guid.Empty }, right with { Mode = (LockMode)9 }, right with { Slots = 0 }, right with { Mode = LockMode.Exclusive },
            right with { Ranges = [] }, right with { Ranges = [new(5, 1), new(0, 1)] }, right with { Ranges = [new(0, 1), new(1, 1)] },
            right with { Ranges = [new(-1, 5)] }, right with { Ranges = [new(1, long.MaxValue)] }, right with { Duration = TimeSpan.Zero },
            right with { Wait = TimeSpan.FromDays(9) }, right with { Owner = new string('x', 200) },
        })
        {
            await RefusedAsync<ArgumentException>(async () => await Grain.AskAsync(wrong), "no request for a lock");
        }

        Assert.Equal(LockStatus.NoRegion, (await Grain.AskAsync(right with { Region = Guid.NewGuid() })).Status);
        Assert.Equal(LockStatus.OutOfBounds, (await Grain.AskAsync(right with { Ranges = [new(4_000, 1_001)] })).Status);
        Assert.Equal(LockStatus.Held, (await Grain.AskAsync(right)).Status);
        Assert.Equal(LockStatus.Held, await Grain.ReleaseAsync(right.Id));
    }

    private async Task AssertNothingHeldAsync()
    {
        RegionLocks locks = await Grain.DescribeAsync();
        Assert.Empty(locks.Held);
        Assert.Equal(0, locks.WaiterCount);
    }

    private static async Task RefusedAsync<TError>(Func<Task> call, params string[] said)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(call);
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
