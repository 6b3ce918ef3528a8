using System.Buffers;

namespace OrleansPool.Server.Tests.Reservations;

/// <summary>Reservations as the fabric gives them: a silo's come out of its node's memory, a client's out of its own.</summary>
[Collection(SharedCluster.Name)]
public sealed class FabricReservationTests(SharedCluster shared)
{
    [Theory, FromEachFace]
    public async Task Blocks_are_taken_written_and_given_back(Face face)
    {
        long free = await FreeBytesAsync();
        using (BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(100, new ReservationOptions { BlockBytes = 256 }))
        {
            Assert.True(reservation.TryTake(out LocalBlock block, out Span<byte> bytes));
            Assert.Equal(256, bytes.Length);
            bytes.Fill(1);
            reservation.Return(block);
            Assert.Throws<LeaseFencedException>(() => reservation.Return(block));
            using IMemoryOwner<byte> owner = reservation.AsMemoryPool().Rent(200);
            Assert.True(owner.Memory.Length >= 200);
        }

        Assert.Equal(free, await FreeBytesAsync());
    }

    [Fact]
    public async Task A_silos_reservation_counts_against_its_node()
    {
        long free = await FreeBytesAsync();
        using (await shared.Fabric.InSilo(0).ReserveAsync(1024))
        {
            Assert.True(await FreeBytesAsync() <= free - (4 << 20));
            NodeReport report = (await shared.Fabric.Client.DescribeAsync()).Nodes.Single(node => node.Node == shared.Fabric.Node(0));
            Assert.Equal(4 << 20, report.ReservedBytes);
        }

        Assert.Equal(free, await FreeBytesAsync());
    }

    private async Task<long> FreeBytesAsync() => (await shared.Fabric.Client.DescribeAsync()).Nodes.Sum(node => node.FreeBytes);
}
