using System.Buffers;

namespace OrleansPool.Server.Tests.Reservations;

/// <summary>Reservations as the fabric gives them: a silo's come out of its node's memory, a client's out of its own.</summary>
[Collection(SharedCluster.Name)]
public sealed class FabricReservationTests(SharedCluster shared)
{
    [Theory, FromEachFace]
    public async Task Blocks_are_taken_written_and_given_back(Face face)
    {
        using (BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(100, new ReservationOptions { BlockBytes = 256 }))
        {
            Assert.Equal(face == Face.Silo ? 100 * 256 : 0, await ReservedBytesAsync(shared.Fabric));
            Assert.True(reservation.TryTake(out LocalBlock block, out Span<byte> bytes));
            Assert.Equal(256, bytes.Length);
            bytes.Fill(1);
            reservation.Return(block);
            Assert.Throws<LeaseFencedException>(() => reservation.Return(block));
            using IMemoryOwner<byte> owner = reservation.AsMemoryPool().Rent(200);
            Assert.True(owner.Memory.Length >= 200);
        }

        Assert.Equal(0, await ReservedBytesAsync(shared.Fabric));
    }

    [Fact]
    public async Task A_silos_reservation_counts_against_its_node()
    {
        // More than half of the node's memory, of which its pool takes next to nothing ahead.
        const int blocks = 2500;
        await using FabricCluster cluster = await FabricCluster.StartAsync(
            1, pool => pool.Capacity("16MiB").Pool(PoolNames.Default, small => small.MaxBlocksPerNode(16)));
        IMemoryFabric fabric = cluster.InSilo(0);
        using (await fabric.ReserveAsync(blocks))
        {
            Assert.Equal(blocks * 4096, await ReservedBytesAsync(cluster));
            await Assert.ThrowsAsync<PoolExhaustedException>(async () => await fabric.ReserveAsync(blocks));
        }

        using (await fabric.ReserveAsync(blocks)) Assert.Equal(blocks * 4096, await ReservedBytesAsync(cluster));
        Assert.Equal(0, await ReservedBytesAsync(cluster));
    }

    [Fact]
    public async Task Memory_that_a_pool_does_not_use_any_more_is_to_be_had_at_once()
    {
        await using FabricCluster cluster = await FabricCluster.StartAsync(1, pool => pool.Capacity("16MiB"));
        IMemoryFabric fabric = cluster.InSilo(0);
        for (int round = 0; round < 3; round++)
        {
            await (await fabric.LeaseAsync(10 << 20)).DisposeAsync();
            using BlockReservation reservation = await fabric.ReserveAsync(2500);
            Assert.Equal(2500, reservation.BlockCount);
        }
    }

    private static async Task<long> ReservedBytesAsync(FabricCluster cluster) => (await cluster.NodesAsync(Face.Client)).Sum(node => node.ReservedBytes);
}
