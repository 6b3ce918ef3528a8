using Microsoft.Extensions.DependencyInjection;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;

namespace OrleansPool.Server.Tests.DataPlane;

/// <summary>Bytes by the data port, as users see them.</summary>
public sealed class DataPlaneTests(DataPlaneCluster data) : IClassFixture<DataPlaneCluster>
{
    private const int Block = 4096;

    private FabricCluster Cluster => data.Fabric;

    [Theory]
    [FromEachFace]
    public async Task Bytes_go_by_the_port_and_not_by_grain_calls(Face face)
    {
        await using MemoryLease lease = await LeaseElsewhereAsync(face, 300 * Block);
        await lease.WriteAsync(0, new byte[1]); // finds the port
        data.Calls.Reset();

        byte[] bytes = new byte[300 * Block];
        Random.Shared.NextBytes(bytes);
        await lease.WriteAsync(0, bytes);
        byte[] read = new byte[bytes.Length];
        Assert.Equal(bytes.Length, await lease.ReadAsync(0, read));
        Assert.Equal(bytes, read);

        await lease.WriteAsync(Block + 5, new byte[] { 1, 2, 3 });
        byte[] few = new byte[5];
        await lease.ReadAsync(Block + 4, few);
        Assert.Equal([bytes[Block + 4], 1, 2, 3, bytes[Block + 8]], few);

        await lease.WriteAsync(0, new byte[8]);
        Assert.Equal(7, await lease.AddAsync(0, 7));
        Assert.Equal(7, await lease.CompareExchangeAsync(0, 8, 9));
        Assert.Equal(7, await lease.CompareExchangeAsync(0, 7, 9));

        BatchResult<int>[] results = await Cluster.As(face).ReadManyAsync([.. Enumerable.Range(0, 64).Select(i => new ReadItem(lease, i * Block, new byte[Block]))]);
        Assert.All(results, result => Assert.True(result.IsOk));
        BatchOutcome[] outcomes = await Cluster.As(face).WriteManyAsync([.. Enumerable.Range(0, 64).Select(i => new WriteItem(lease, i * Block, new byte[Block]))]);
        Assert.All(outcomes, outcome => Assert.True(outcome.IsOk));

        Assert.Equal(0, data.Calls.OfNodes(nameof(INodePoolGrain.ReadAsync)) + data.Calls.OfNodes(nameof(INodePoolGrain.WriteAsync)));
        Assert.Equal(0, data.Calls.OfCaches(nameof(ICacheGrain.ReadAsync)) + data.Calls.OfCaches(nameof(ICacheGrain.WriteAsync)));
    }

    [Fact]
    public async Task Additions_are_carried_out_once_though_their_connections_break()
    {
        const int Workers = 8, Additions = 200, BreakEvery = 10;
        await using MemoryLease lease = await LeaseElsewhereAsync(Face.Client, Block);
        var client = Cluster.Cluster.Client.ServiceProvider.GetRequiredService<DataClient>();
        NodeIncarnation home = lease.ToReadOnlyToken().Extents[0].Home.Incarnation;
        int done = 0;
        await Task.WhenAll(Enumerable.Range(0, Workers).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < Additions; i++)
            {
                await lease.AddAsync(0, 1);
                if (Interlocked.Increment(ref done) % BreakEvery == 0) client.Forget(home); // while the others' are under way
            }
        })));

        Assert.Equal(Workers * Additions, await lease.AddAsync(0, 0));
    }

    [Theory]
    [FromEachFace]
    public async Task What_the_owner_refuses_is_the_same_error_as_by_a_grain_call(Face face)
    {
        MemoryLease lease = await LeaseElsewhereAsync(face, Block);
        await lease.WriteAsync(0, new byte[Block]);
        await using MemoryLease view = await Cluster.As(face).OpenAsync(lease.ToReadOnlyToken());
        byte[] buffer = new byte[Block];
        await view.ReadAsync(0, buffer);
        await Assert.ThrowsAsync<PoolAccessDeniedException>(async () => await view.WriteAsync(0, buffer));
        await lease.DisposeAsync();
        Array.Fill(buffer, (byte)1);

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await view.ReadAsync(0, buffer));

        Assert.All(buffer, value => Assert.Equal(0, value));
    }

    [Fact]
    public async Task A_read_that_is_cancelled_leaves_its_buffer_alone_from_then_on()
    {
        await using MemoryLease lease = await LeaseElsewhereAsync(Face.Client, Block);
        await lease.WriteAsync(0, Enumerable.Repeat((byte)7, Block).ToArray());
        byte[] buffer = new byte[Block];
        for (int i = 0; i < 2000; i++)
        {
            using var cancel = new CancellationTokenSource();
            ValueTask<int> read = lease.ReadAsync(0, buffer, cancel.Token);
            await cancel.CancelAsync();
            try
            {
                await read;
            }
            catch (OperationCanceledException)
            {
                Array.Fill(buffer, (byte)3);
                await Task.Yield();
                Assert.All(buffer, value => Assert.Equal(3, value));
            }
        }
    }

    /// <summary>Memory of a node that is not the caller's own.</summary>
    private async Task<MemoryLease> LeaseElsewhereAsync(Face face, long bytes)
    {
        IMemoryFabric owner = face == Face.Client ? Cluster.Client : Cluster.InSilo(1);
        MemoryLease lease = await owner.LeaseAsync(PoolNames.Default, bytes);
        if (face == Face.Client) return lease;
        return await Cluster.InSilo(0).AdoptAsync(lease.Detach());
    }
}
