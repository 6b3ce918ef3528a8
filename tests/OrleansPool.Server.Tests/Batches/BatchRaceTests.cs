using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Batches;

/// <summary>Batches beside each other, and batches whose caller stops waiting or whose answers are lost.</summary>
[Collection(SharedCluster.Name)]
public sealed class BatchRaceTests(SharedCluster shared)
{
    private FabricCluster Cluster => shared.Fabric;

    [Fact]
    public async Task Batches_that_need_the_same_sessions_in_opposite_order_do_not_wait_for_each_other_for_ever()
    {
        // Two pools are two segments; each call needs most of what one session of each may have under way.
        await using MemoryLease firstOwned = await FarAsync(PoolNames.Default);
        await using MemoryLease secondOwned = await FarAsync(SharedCluster.Wide);
        await using MemoryLease first = await Cluster.Client.OpenAsync(firstOwned.Token);
        await using MemoryLease second = await Cluster.Client.OpenAsync(secondOwned.Token);
        WriteItem[] toFirst = [.. Enumerable.Range(0, 100).Select(i => new WriteItem(first, i, new byte[1]))];
        WriteItem[] toSecond = [.. Enumerable.Range(0, 100).Select(i => new WriteItem(second, i, new byte[1]))];

        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => WriteAsync(i % 2 == 0 ? [.. toFirst, .. toSecond] : [.. toSecond, .. toFirst])))
            .WaitAsync(FabricCluster.WaitMax);

        async Task WriteAsync(WriteItem[] items)
        {
            for (int repeat = 0; repeat < 10; repeat++)
            {
                foreach (BatchOutcome outcome in await Cluster.Client.WriteManyAsync(items)) outcome.ThrowIfFailed();
            }
        }
    }

    [Fact]
    public async Task A_write_to_another_node_waits_for_the_handles_earlier_writes()
    {
        await using MemoryLease filler = await Cluster.InSilo(0).LeaseAsync(
            SharedCluster.Tiny, 128 * 5, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
        await using MemoryLease near = await Cluster.InSilo(0).LeaseAsync(SharedCluster.Tiny, 128 * 12);
        Assert.Equal(2, near.Nodes.Count);
        await using MemoryLease lease = await Cluster.Client.OpenAsync(near.Token);
        await using MemoryLease observer = await Cluster.Client.OpenAsync(near.Token);
        Assert.All(await Cluster.Client.WriteManyAsync(Payload(lease, 0)), outcome => outcome.ThrowIfFailed());
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        using IDisposable held = shared.Answers.Lose(async method =>
        {
            if (method != nameof(ICacheGrain.WriteAsync) || !asked.TrySetResult()) return false;
            await answer.Task;
            return false;
        });

        Task<BatchOutcome[]> call = Cluster.Client.WriteManyAsync(Payload(lease, 1)).AsTask();
        byte[] flag = new byte[1];
        try
        {
            await asked.Task.WaitAsync(FabricCluster.WaitMax);
            for (int look = 0; look < 20 && flag[0] == 0; look++) await observer.ReadAsync(lease.Length - 1, flag);
        }
        finally
        {
            answer.SetResult();
        }

        Assert.Equal(0, flag[0]);
        Assert.All(await call, outcome => outcome.ThrowIfFailed());
        byte[] last = new byte[1];
        await observer.ReadAsync(lease.Length - 1, last);
        Assert.Equal(1, last[0]);

        // First what is told of, on one node; then the flag that tells of it, on the other.
        static WriteItem[] Payload(MemoryLease lease, byte value) => [new(lease, 0, new[] { value }), new(lease, lease.Length - 1, new[] { value })];
    }

    [Theory, FromEachFace]
    public async Task Leases_that_were_taken_go_back_when_the_caller_stops_waiting(Face face)
    {
        using var stop = new CancellationTokenSource();
        var asked = new TaskCompletionSource();
        var answer = new TaskCompletionSource();
        using IDisposable held = shared.Answers.Lose(async method =>
        {
            if (method != nameof(INodePoolGrain.LeaseAsync)) return false;
            asked.TrySetResult();
            await answer.Task;
            return false;
        });

        // The tiny pool of the first node is full after ten leases, so the second node has to be asked too.
        Task<BatchResult<MemoryLease>[]> call =
            Cluster.As(face).LeaseManyAsync([.. Enumerable.Repeat(new LeaseItem(SharedCluster.Tiny, 128), 15)], stop.Token).AsTask();
        await asked.Task.WaitAsync(FabricCluster.WaitMax);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        answer.SetResult();

        await FabricCluster.UntilAsync(
            async () => (await Cluster.PoolsAsync(SharedCluster.Tiny)).All(pool => pool.LeaseCount == 0), "the leases went back");
    }

    [Theory, FromEachFace]
    public async Task A_batch_whose_answer_was_lost_is_written_once(Face face)
    {
        await using MemoryLease owned = await FarAsync(PoolNames.Default);
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(owned.Token);
        using IDisposable lost = shared.Answers.LoseFirst(nameof(INodePoolGrain.WriteAsync), async () => await owned.WriteAsync(0, new byte[] { 9 }));

        BatchOutcome[] outcomes = await Cluster.As(face).WriteManyAsync([new(lease, 0, new byte[] { 1 }), new(lease, 1, new byte[] { 2 })]);

        Assert.All(outcomes, outcome => outcome.ThrowIfFailed());
        byte[] read = new byte[2];
        await owned.ReadAsync(0, read);
        Assert.Equal([9, 2], read);
    }

    private ValueTask<MemoryLease> FarAsync(string pool) =>
        Cluster.InSilo(1).LeaseAsync(pool, 4096, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly, Duration = TimeSpan.FromMinutes(5) });
}
