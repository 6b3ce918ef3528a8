using OrleansPool.Grains;

namespace OrleansPool.Server.Tests.Errors;

/// <summary>A node that carries calls out and never answers: what its callers hear when their patience is used up.</summary>
public sealed class SilentNodeTests(ImpatientCluster impatient) : IClassFixture<ImpatientCluster>
{
    private static readonly LeaseOptions Local = new() { Fallback = LeaseFallback.LocalNodeOnly };

    private FabricCluster Cluster => impatient.Fabric;

    [Theory, FromEachFace]
    public async Task A_node_that_does_not_answer_is_unavailable_and_says_when_to_try_again(Face face)
    {
        await using MemoryLease mine = await FarAsync();
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);
        using (impatient.Answers.Lose(method => new(method == nameof(INodePoolGrain.ReadAsync))))
        {
            byte[] read = [1, 2, 3];
            var error = await Assert.ThrowsAsync<PoolUnavailableException>(async () => await lease.ReadAsync(0, read));
            Assert.True(error.RetryAfter > TimeSpan.Zero);
            Assert.Equal(new byte[3], read);
        }

        Assert.Equal(100, await lease.ReadAsync(0, new byte[200]));
    }

    [Theory, FromEachFace]
    public async Task A_change_that_was_sent_and_never_answered_is_indeterminate_and_not_to_be_repeated_blindly(Face face)
    {
        await using MemoryLease mine = await FarAsync();
        await using MemoryLease lease = await Cluster.As(face).OpenAsync(mine.Token);
        using (impatient.Answers.Lose(method => new(method == nameof(INodePoolGrain.WriteAsync))))
        {
            var error = await Assert.ThrowsAsync<PoolIndeterminateException>(async () => await lease.AddAsync(0, 1));
            Assert.NotNull(error.Request);
        }

        Assert.Equal(1, await mine.AddAsync(0, 0));
    }

    [Fact]
    public async Task A_batch_over_a_node_that_does_not_answer_still_tells_of_the_other()
    {
        IMemoryFabric fabric = Cluster.InSilo(0);
        await using MemoryLease far = await FarAsync();
        await using MemoryLease near = await fabric.LeaseAsync(PoolNames.Default, 100, Local);
        await using MemoryLease view = await fabric.OpenAsync(far.Token);
        Assert.All(await fabric.WriteManyAsync([new(view, 0, new byte[1]), new(near, 0, new byte[1])]), outcome => outcome.ThrowIfFailed());
        using IDisposable silent = impatient.Answers.LoseOf(Cluster.Node(1).Silo.ToParsableString());

        BatchOutcome[] written = await fabric.WriteManyAsync([new(view, 0, new byte[] { 1 }), new(near, 0, new byte[] { 2 })]);
        BatchResult<int>[] read = await fabric.ReadManyAsync([new(view, 0, new byte[1]), new(near, 0, new byte[1])]);
        BatchOutcome[] renewed = await fabric.RenewManyAsync([view, near]);

        Assert.IsType<PoolIndeterminateException>(written[0].Error);
        Assert.IsType<PoolUnavailableException>(read[0].Error);
        Assert.IsType<PoolUnavailableException>(renewed[0].Error);
        Assert.All([written[1].Error, read[1].Error, renewed[1].Error], Assert.Null);
    }

    /// <summary>Memory of the node that is silent at times. Its own silo renews it without a call.</summary>
    private ValueTask<MemoryLease> FarAsync() => Cluster.InSilo(1).LeaseAsync(PoolNames.Default, 100, Local);
}
