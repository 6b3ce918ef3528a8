using CsCheck;

namespace OrleansPool.Server.Tests.Batches;

/// <summary>Every item of a batch ends as it alone would have, whatever becomes of the others.</summary>
[Collection(SharedCluster.Name)]
public sealed class BatchTests(SharedCluster shared)
{
    private FabricCluster Cluster => shared.Fabric;

    [Theory, FromEachFace]
    public async Task A_lease_that_is_refused_keeps_no_other_from_being_taken(Face face)
    {
        BatchResult<MemoryLease>[] leases = await Cluster.As(face).LeaseManyAsync(
        [
            new("tiny", 128 * 6),
            new("no such pool", 1),
            new("missing", 1),
            new("tiny", 0),
            new("tiny", 128 * 6),
            new("tiny", 128 * 9),
            new("tiny", 128 * 21),
            new("wide", 1),
            new("tiny", 128, new LeaseOptions { Duration = TimeSpan.Zero }),
            new("tiny", 128 * 7),
        ]);

        Assert.Equal(128 * 6, leases[0].Value.Length);
        Assert.Contains("'no such pool'", Assert.IsType<ArgumentException>(leases[1].Error).Message, StringComparison.Ordinal);
        Assert.Contains("'missing'", Assert.IsType<ArgumentException>(leases[2].Error).Message, StringComparison.Ordinal);
        Assert.Contains("'0'", Assert.IsType<ArgumentOutOfRangeException>(leases[3].Error).Message, StringComparison.Ordinal);
        Assert.Equal(128 * 6, leases[4].Value.Length);
        Assert.Contains("1152 were asked for", Assert.IsType<PoolExhaustedException>(leases[5].Error).Message, StringComparison.Ordinal);
        Assert.Equal(128 * 20, Assert.IsType<PoolQuotaExceededException>(leases[6].Error).BytesMax);
        Assert.Equal("wide", leases[7].Value.Pool);
        Assert.Contains("00:00:00", Assert.IsType<ArgumentOutOfRangeException>(leases[8].Error).Message, StringComparison.Ordinal);

        // What is left comes in parts from both nodes.
        Assert.Equal(2, leases[9].Value.Nodes.Count);
        MemoryLease[] taken = [.. leases.Where(lease => lease.IsOk).Select(lease => lease.Value)];
        Assert.Equal(4, taken.Length);
        Assert.All(await Cluster.As(face).ReleaseManyAsync(taken), outcome => outcome.ThrowIfFailed());
        await Cluster.AssertNothingLeasedAsync("tiny");
    }

    [Theory, FromEachFace]
    public async Task An_item_that_fails_hides_no_other(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease good = await LocalAsync(0, 5000);
        await using MemoryLease other = await fabric.OpenAsync(good.Token);
        await using MemoryLease away = await LocalAsync(1, 5000);
        MemoryLease freed = await LocalAsync(0, 100);
        await using MemoryLease fenced = await fabric.OpenAsync(freed.Token);
        await freed.DisposeAsync();
        MemoryLease closed = await fabric.OpenAsync(good.Token);
        await closed.DisposeAsync();
        await using MemoryLease view = await fabric.OpenAsync(good.ToReadOnlyToken());
        await using MemoryLease far = await fabric.OpenAsync(away.Token);
        await using MemoryRegion region = await fabric.OpenRegionAsync("batch", 10_000);
        byte[] one = [1, 2, 3];

        BatchOutcome[] written = await fabric.WriteManyAsync(
        [
            new(fenced, 0, one), new(other, 4999, one), new(null!, 0, one), new(closed, 0, one), new(view, 0, one), new(other, 0, one),
            new(fenced, 5, one), new(far, 4096, one), new(region, 9_999, one), new(region, 9_000, one), new(far, -1, one), new(other, 0, default),
        ]);

        Assert.Equal(
            [
                typeof(LeaseFencedException), typeof(ArgumentOutOfRangeException), typeof(ArgumentNullException), typeof(ObjectDisposedException),
                typeof(PoolAccessDeniedException), null, typeof(LeaseFencedException), null, typeof(ArgumentOutOfRangeException), null,
                typeof(ArgumentOutOfRangeException), null,
            ],
            written.Select(outcome => outcome.Error?.GetType()));

        byte[][] buffers = [.. Enumerable.Range(0, 8).Select(_ => new byte[] { 9, 9, 9 })];
        BatchResult<int>[] read = await fabric.ReadManyAsync(
        [
            new(fenced, 0, buffers[0]), new(other, 4998, buffers[1]), new(null!, 0, buffers[2]), new(closed, 0, buffers[3]), new(view, 0, buffers[4]),
            new(far, 4096, buffers[5]), new(region, 9_000, buffers[6]), new(region, 10_001, buffers[7]),
        ]);

        Assert.Equal(
            [
                typeof(LeaseFencedException), null, typeof(ArgumentNullException), typeof(ObjectDisposedException), null, null, null,
                typeof(ArgumentOutOfRangeException),
            ],
            read.Select(result => result.Error?.GetType()));
        Assert.Equal([2, 3, 3, 3], read.Where(result => result.IsOk).Select(result => result.Value));
        Assert.Equal([one, one, one], [buffers[4], buffers[5], buffers[6]]);
        Assert.All([buffers[0], buffers[2], buffers[3], buffers[7]], buffer => Assert.Equal(new byte[3], buffer));
        Assert.Same(read[0].Error, Assert.Throws<LeaseFencedException>(() => read[0].Value));

        Assert.Equal(
            [typeof(LeaseFencedException), null, typeof(ArgumentNullException), typeof(ObjectDisposedException), typeof(PoolAccessDeniedException), null],
            (await fabric.RenewManyAsync([fenced, other, null!, closed, view, far])).Select(outcome => outcome.Error?.GetType()));
        Assert.True(await fabric.DeleteRegionAsync("batch"));
    }

    [Theory, FromEachFace]
    public async Task Releasing_tells_of_each_lease_why_it_was_not_freed(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        MemoryLease good = await fabric.LeaseAsync(100);
        MemoryLease transferred = await fabric.LeaseAsync(100);
        MemoryLease disposed = await fabric.LeaseAsync(100);
        MemoryLease stolen = await fabric.LeaseAsync(100);
        await using MemoryLease successor = await fabric.AdoptAsync(await transferred.TransferAsync());
        await using (MemoryLease thief = await fabric.AdoptAsync(stolen.Token)) Assert.True(thief.IsOwned);
        await disposed.DisposeAsync();
        MemoryLease view = await fabric.OpenAsync(successor.Token);

        BatchOutcome[] outcomes = await fabric.ReleaseManyAsync([transferred, good, disposed, null!, stolen, view, good]);

        Assert.Equal(
            [typeof(LeaseFencedException), null, null, typeof(ArgumentNullException), typeof(LeaseFencedException), null, null],
            outcomes.Select(outcome => outcome.Error?.GetType()));
        await successor.RenewAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await good.RenewAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await view.ReadAsync(0, new byte[1]));
    }

    [Theory, FromEachFace]
    public async Task Writes_through_one_handle_are_carried_out_in_order_over_all_nodes(Face face)
    {
        // A region that begins on one node and goes on, block by block, on both.
        await using MemoryLease filler = await LocalAsync(0, 128 * 5, SharedCluster.Tiny);
        await using (MemoryRegion made = await Cluster.InSilo(0).OpenRegionAsync("spread", 128 * 3, new RegionOptions { Pool = SharedCluster.Tiny }))
        {
            await made.ResizeAsync(128 * 12);
            Assert.Equal(2, made.Nodes.Count);
        }

        await using MemoryRegion region = await Cluster.As(face).OpenRegionAsync("spread");
        int length = (int)region.Length;
        Gen<(int Offset, byte[] Bytes)[]> writes = Gen.Select(Gen.Int[0, length - 1], Gen.Byte.Array[0, 400]).Array[1, 30];
        await writes.SampleAsync(
            async batch =>
            {
                byte[] model = new byte[length];
                await region.ReadAsync(0, model);
                foreach ((int offset, byte[] bytes) in batch) Fit(offset, bytes, length).CopyTo(model.AsMemory(offset));
                foreach (BatchOutcome outcome in await WriteAllAsync(batch)) outcome.ThrowIfFailed();
                byte[] actual = new byte[length];
                await region.ReadAsync(0, actual);
                return model.AsSpan().SequenceEqual(actual);
            },
            iter: 60, threads: 1);
        Assert.True(await Cluster.Client.DeleteRegionAsync("spread"));

        ValueTask<BatchOutcome[]> WriteAllAsync((int Offset, byte[] Bytes)[] batch) => Cluster.As(face).WriteManyAsync(
            [.. batch.Select(write => new WriteItem(region, write.Offset, Fit(write.Offset, write.Bytes, length)))]);
    }

    [Theory, FromEachFace]
    public async Task A_batch_over_a_region_that_was_resized_elsewhere_is_carried_out_with_the_new_page_table(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryRegion stale = await fabric.OpenRegionAsync("resized", 4096);
        await using (MemoryRegion other = await Cluster.InSilo(1).OpenRegionAsync("resized"))
        {
            await other.ResizeAsync(40_000);
            await stale.RefreshAsync();
            await other.ResizeAsync(4096);
            await other.ResizeAsync(40_000);
        }

        byte[] old = new byte[2];
        BatchResult<int>[] before = await fabric.ReadManyAsync([new(stale, 30_000, old)]);
        Assert.Equal(2, before[0].Value);
        await using (MemoryRegion other = await Cluster.InSilo(1).OpenRegionAsync("resized"))
        {
            await other.ResizeAsync(4096);
            await other.ResizeAsync(20_000);
        }

        BatchOutcome[] outcomes = await fabric.WriteManyAsync(
            [new(stale, 10_000, "ab"u8.ToArray()), new(stale, 0, "cd"u8.ToArray()), new(stale, 30_000, "ef"u8.ToArray()), new(stale, 10_001, "g"u8.ToArray())]);

        Assert.Equal([null, null, typeof(ArgumentOutOfRangeException), null], outcomes.Select(outcome => outcome.Error?.GetType()));
        byte[] read = new byte[2];
        await stale.ReadAsync(10_000, read);
        Assert.Equal("ag"u8.ToArray(), read);
        Assert.True(await fabric.DeleteRegionAsync("resized"));
        Assert.IsType<RegionNotFoundException>((await fabric.WriteManyAsync([new(stale, 0, read)]))[0].Error);
        Assert.IsType<RegionNotFoundException>((await fabric.ReadManyAsync([new(stale, 0, read)]))[0].Error);
    }

    [Theory, FromEachFace]
    public async Task Writes_carry_the_fences_of_locks_each_its_own(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryRegion region = await fabric.OpenRegionAsync("fenced", 20_000);
        await using MemoryLease lease = await fabric.LeaseAsync(10);
        await using RegionLock first = await region.LockAsync(0, 100, LockMode.Exclusive);
        await using RegionLock second = await region.LockAsync(4096, 8192, LockMode.Exclusive);
        byte[] one = [1];

        BatchOutcome[] outcomes = await fabric.WriteManyAsync(
        [
            new(region, 0, one, first.Fence), new(region, 4096, new byte[9000], second.Fence), new(region, 1, one, first.Fence),
            new(region, 5000, one, second.Fence), new(region, 15_000, one), new(region, 5001, one, first.Fence), new(region, 2, one, first.Fence),
            new(region, 3, one, new LockFence(Guid.NewGuid(), 7)), new(lease, 0, one, first.Fence), new(lease, 0, one), new(region, 2, new byte[1]),
            new(region, 4, one, first.Fence),
        ]);

        Assert.Equal(
            [
                null, typeof(LeaseFencedException), null, null, null, typeof(LeaseFencedException), null, typeof(LeaseFencedException),
                typeof(ArgumentException), null, null, null,
            ],
            outcomes.Select(outcome => outcome.Error?.GetType()));
        byte[] read = new byte[20_000];
        await region.ReadAsync(0, read);
        Assert.Equal([0, 1, 4, 5000, 15_000], Enumerable.Range(0, read.Length).Where(i => read[i] == 1));
        Assert.True(await fabric.DeleteRegionAsync("fenced"));
    }

    [Theory, FromEachFace]
    public async Task A_batch_is_given_and_has_at_most_so_many_items(Face face)
    {
        IMemoryFabric fabric = Cluster.As(face);
        await using MemoryLease lease = await fabric.LeaseAsync(10);
        var cancelled = new CancellationToken(canceled: true);

        await RefusedAsync(many => many is null ? fabric.LeaseManyAsync(null!) : fabric.LeaseManyAsync(new LeaseItem[many.Value]));
        await RefusedAsync(many => many is null ? fabric.ReadManyAsync(null!) : fabric.ReadManyAsync(new ReadItem[many.Value]));
        await RefusedAsync(many => many is null ? fabric.WriteManyAsync(null!) : fabric.WriteManyAsync(new WriteItem[many.Value]));
        await RefusedAsync(many => many is null ? fabric.RenewManyAsync(null!) : fabric.RenewManyAsync(new MemoryLease[many.Value]));
        await RefusedAsync(many => many is null ? fabric.ReleaseManyAsync(null!) : fabric.ReleaseManyAsync(new MemoryLease[many.Value]));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fabric.LeaseManyAsync([new("default", 1)], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fabric.ReadManyAsync([new(lease, 0, new byte[1])], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fabric.WriteManyAsync([new(lease, 0, new byte[1])], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fabric.RenewManyAsync([lease], cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await fabric.ReleaseManyAsync([lease], cancelled));
        Assert.Empty(await fabric.LeaseManyAsync([]));
        Assert.Empty(await fabric.ReadManyAsync([]));
        Assert.Empty(await fabric.WriteManyAsync([]));
        Assert.Empty(await fabric.RenewManyAsync([]));
        Assert.Empty(await fabric.ReleaseManyAsync([]));
        await lease.RenewAsync();
    }

    private static async Task RefusedAsync<T>(Func<int?, ValueTask<T>> batch)
    {
        await Assert.ThrowsAsync<ArgumentNullException>(async () => await batch(null));
        var error = await Assert.ThrowsAsync<ArgumentException>(async () => await batch(IMemoryFabric.BatchCountMax + 1));
        Assert.Contains("at most 10000", error.Message, StringComparison.Ordinal);
        Assert.Contains("10001", error.Message, StringComparison.Ordinal);
    }

    private static Memory<byte> Fit(int offset, byte[] bytes, int length) => bytes.AsMemory(0, Math.Min(bytes.Length, length - offset));

    private ValueTask<MemoryLease> LocalAsync(int silo, long bytes, string pool = PoolNames.Default) =>
        Cluster.InSilo(silo).LeaseAsync(pool, bytes, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
}
