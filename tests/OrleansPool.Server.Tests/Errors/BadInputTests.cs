namespace OrleansPool.Server.Tests.Errors;

/// <summary>Wrong arguments at every public entry point: a typed error that names the value and the rule, and nothing is lost.</summary>
[Collection(SharedCluster.Name)]
public sealed class BadInputTests(SharedCluster shared)
{
    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task Leases_with_wrong_arguments_are_refused(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);

        await RefusedAsync<ArgumentNullException>(async () => await fabric.LeaseAsync(null!, 1), "pool");
        await RefusedAsync<ArgumentException>(async () => await fabric.LeaseAsync("", 1), "pool");
        await RefusedAsync<ArgumentException>(async () => await fabric.LeaseAsync("a b", 1), "'a b'", "letters");
        await RefusedAsync<ArgumentException>(async () => await fabric.LeaseAsync(new string('a', 65), 1), "65", "64");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.LeaseAsync("default", 0), "'0'");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.LeaseAsync("default", -1), "'-1'");
        await RefusedAsync<PoolQuotaExceededException>(async () => await fabric.LeaseAsync("default", long.MaxValue), long.MaxValue.ToString());
        await RefusedAsync<ArgumentOutOfRangeException>(
            async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Duration = TimeSpan.Zero }), "00:00:00", "00:00:00.1");
        await RefusedAsync<ArgumentOutOfRangeException>(
            async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Duration = TimeSpan.MaxValue }), "7.00:00:00");
        await RefusedAsync<ArgumentOutOfRangeException>(
            async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Duration = Timeout.InfiniteTimeSpan }), "7.00:00:00");
        await RefusedAsync<ArgumentNullException>(async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Owner = null! }), "owner");
        await RefusedAsync<ArgumentException>(async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Owner = new string('x', 129) }), "129", "128");
        await RefusedAsync<ArgumentOutOfRangeException>(
            async () => await fabric.LeaseAsync("default", 1, new LeaseOptions { Fallback = (LeaseFallback)9 }), "9");
        await RefusedAsync<OperationCanceledException>(async () => await fabric.LeaseAsync("default", 1, null, Cancelled));
        await Cluster.AssertNothingLeasedAsync("default");
    }

    [Theory, FromEachFace]
    public async Task Tokens_must_be_given(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);

        await RefusedAsync<ArgumentNullException>(async () => await fabric.OpenAsync(null!), "token");
        await RefusedAsync<ArgumentNullException>(async () => await fabric.AdoptAsync(null!), "token");
        await using MemoryLease lease = await fabric.LeaseAsync(1);
        await RefusedAsync<OperationCanceledException>(async () => await fabric.OpenAsync(lease.Token, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await fabric.AdoptAsync(lease.Token, Cancelled));
    }

    [Theory, FromEachFace]
    public async Task Regions_with_wrong_arguments_are_refused(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);

        await RefusedAsync<ArgumentNullException>(async () => await fabric.OpenRegionAsync(null!), "name");
        await RefusedAsync<ArgumentException>(async () => await fabric.OpenRegionAsync("", 1), "name");
        await RefusedAsync<ArgumentException>(async () => await fabric.OpenRegionAsync("a\nb", 1), "U+000A");
        await RefusedAsync<ArgumentException>(async () => await fabric.OpenRegionAsync(new string('a', 513), 1), "513", "512");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.OpenRegionAsync("bad", -1), "'-1'");
        await RefusedAsync<PoolQuotaExceededException>(async () => await fabric.OpenRegionAsync("bad", long.MaxValue), long.MaxValue.ToString());
        await RefusedAsync<ArgumentException>(async () => await fabric.OpenRegionAsync("bad", 1, new RegionOptions { Pool = "no pool" }), "'no pool'");
        await RefusedAsync<OperationCanceledException>(async () => await fabric.OpenRegionAsync("bad", 1, null, Cancelled));
        await RefusedAsync<ArgumentNullException>(async () => await fabric.DeleteRegionAsync(null!), "name");
        await RefusedAsync<OperationCanceledException>(async () => await fabric.DeleteRegionAsync("bad", Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await fabric.DescribeAsync(Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await fabric.ListRegionsAsync(Cancelled));
        Assert.Empty(await fabric.ListRegionsAsync());
    }

    [Theory, FromEachFace]
    public async Task A_region_refuses_wrong_lengths_and_stays_as_it_was(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using (MemoryRegion region = await fabric.OpenRegionAsync("kept", 5000))
        {
            await region.WriteAsync(4999, new byte[] { 3 });
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.ResizeAsync(0), "'0'");
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await region.ResizeAsync(-5), "'-5'");
            await RefusedAsync<PoolQuotaExceededException>(async () => await region.ResizeAsync(long.MaxValue), "bytes");
            await RefusedAsync<OperationCanceledException>(async () => await region.ResizeAsync(6000, Cancelled));
            await region.RefreshAsync();
            await RefusedRangeAsync(region);
        }

        await using (MemoryRegion region = await fabric.OpenRegionAsync("kept"))
        {
            byte[] last = new byte[1];
            await region.ReadAsync(4999, last);
            Assert.Equal(3, last[0]);
            await region.DisposeAsync();
            await RefusedAsync<ObjectDisposedException>(async () => await region.ResizeAsync(1));
            await RefusedAsync<ObjectDisposedException>(async () => await region.RefreshAsync());
            await RefusedWhenDisposedAsync(region);
        }

        Assert.True(await fabric.DeleteRegionAsync("kept"));
    }

    [Theory, FromEachFace]
    public async Task A_lease_refuses_what_does_not_lie_inside_it(Face face)
    {
        await using MemoryLease lease = await Cluster.As(face).LeaseAsync(5000);
        await RefusedRangeAsync(lease);
        await RefusedAsync<OperationCanceledException>(async () => await lease.RenewAsync(Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await lease.TransferAsync(Cancelled));
        await lease.DisposeAsync();
        await lease.DisposeAsync();
        await RefusedWhenDisposedAsync(lease);
        Assert.Throws<ObjectDisposedException>(() => lease.Detach());
        Assert.Throws<ObjectDisposedException>(() => lease.ToReadOnlyToken());
        await RefusedAsync<ObjectDisposedException>(async () => await lease.RenewAsync());
        await RefusedAsync<ObjectDisposedException>(async () => await lease.TransferAsync());
    }

    [Theory, FromEachFace]
    public async Task A_reservation_with_wrong_arguments_is_refused(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);

        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(0), "'0'");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(-1), "'-1'");
        await RefusedAsync<PoolExhaustedException>(async () => await fabric.ReserveAsync(int.MaxValue / 4096), "blocks");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(int.MaxValue), int.MaxValue.ToString());
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(1, new ReservationOptions { BlockBytes = 100 }), "100", "power of two");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(1, new ReservationOptions { BlockBytes = 32 }), "32", "64");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await fabric.ReserveAsync(1, new ReservationOptions { BlockBytes = 2 << 20 }), "2097152");
        await RefusedAsync<ArgumentException>(async () => await fabric.ReserveAsync(1, new ReservationOptions { Owner = new string('x', 129) }), "129");
        await RefusedAsync<OperationCanceledException>(async () => await fabric.ReserveAsync(1, null, Cancelled));
    }

    private static CancellationToken Cancelled => new(canceled: true);

    private static async Task RefusedRangeAsync(MemoryRange range)
    {
        byte[] buffer = new byte[16];
        Assert.Equal(0, await range.ReadAsync(range.Length, buffer));
        Assert.Equal(0, await range.ReadAsync(0, Memory<byte>.Empty));
        Assert.Equal(1, await range.ReadAsync(range.Length - 1, buffer));
        await range.WriteAsync(range.Length, ReadOnlyMemory<byte>.Empty);
        foreach (long offset in new[] { -1, range.Length + 1, long.MaxValue, long.MinValue })
        {
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.ReadAsync(offset, buffer), $"{offset}", $"{range.Length}");
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.WriteAsync(offset, buffer), $"{offset}", $"{range.Length}");
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.AddAsync(offset, 1), $"{offset}");
            await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.CompareExchangeAsync(offset, 1, 1), $"{offset}");
            Assert.False(range.TryRead(offset, buffer));
        }

        await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.WriteAsync(range.Length - 15, buffer), "16 bytes");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.AddAsync(4, 1), "4", "multiple of 8");
        await RefusedAsync<ArgumentOutOfRangeException>(async () => await range.CompareExchangeAsync(range.Length & ~7, 0, 1), "8 bytes");
        Assert.False(range.TryRead(range.Length - 15, buffer));
        await RefusedAsync<OperationCanceledException>(async () => await range.ReadAsync(0, buffer, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await range.WriteAsync(0, buffer, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await range.AddAsync(0, 1, Cancelled));
        await RefusedAsync<OperationCanceledException>(async () => await range.CompareExchangeAsync(0, 1, 1, Cancelled));
    }

    private static async Task RefusedWhenDisposedAsync(MemoryRange range)
    {
        byte[] buffer = new byte[8];
        await RefusedAsync<ObjectDisposedException>(async () => await range.ReadAsync(0, buffer));
        await RefusedAsync<ObjectDisposedException>(async () => await range.WriteAsync(0, buffer));
        await RefusedAsync<ObjectDisposedException>(async () => await range.AddAsync(0, 1));
        await RefusedAsync<ObjectDisposedException>(async () => await range.CompareExchangeAsync(0, 1, 1));
        Assert.False(range.TryRead(0, buffer));
    }

    private static async Task RefusedAsync<TError>(Func<Task> call, params string[] said)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(call);
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
