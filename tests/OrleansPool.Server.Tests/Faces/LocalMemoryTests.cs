using System.Buffers;
using System.IO.Pipelines;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>Reserved blocks under Pipelines, and on their way into fabric memory.</summary>
[Collection(SharedCluster.Name)]
public sealed class LocalMemoryTests(SharedCluster shared)
{
    [Theory, FromEachFace]
    public async Task A_pipe_runs_over_a_reservation_and_gives_every_block_back(Face face)
    {
        using BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(64);
        var pipe = new Pipe(new PipeOptions(pool: reservation.AsMemoryPool(), pauseWriterThreshold: 64 << 10));
        byte[] sent = new byte[1_000_000];
        new Random(4).NextBytes(sent);
        var received = new MemoryStream();

        Task write = Task.Run(async () =>
        {
            for (int at = 0; at < sent.Length; at += 10_000)
            {
                await pipe.Writer.WriteAsync(sent.AsMemory(at, 10_000));
            }

            await pipe.Writer.CompleteAsync();
        });
        await pipe.Reader.CopyToAsync(received);
        await write;
        await pipe.Reader.CompleteAsync();

        Assert.True(received.ToArray().AsSpan().SequenceEqual(sent));
        Assert.Equal(reservation.BlockCount, reservation.FreeCount);
    }

    [Theory, FromEachFace]
    public async Task A_pool_serves_any_size_up_to_a_block_and_refuses_more(Face face)
    {
        using BlockReservation reservation = await shared.Fabric.As(face).ReserveAsync(2, new ReservationOptions { BlockBytes = 4096 });
        MemoryPool<byte> pool = reservation.AsMemoryPool();
        Assert.Equal(4096, pool.MaxBufferSize);
        using (IMemoryOwner<byte> any = pool.Rent())
        using (IMemoryOwner<byte> all = pool.Rent(4096))
        {
            Assert.Equal((4096, 4096), (any.Memory.Length, all.Memory.Length));
            Assert.Contains("All 2 blocks", Assert.Throws<PoolExhaustedException>(() => pool.Rent(1)).Message, StringComparison.Ordinal);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(4097));
        Assert.Throws<ArgumentOutOfRangeException>(() => pool.Rent(-2));
        Assert.Equal(2, reservation.FreeCount);
    }

    [Theory, FromEachFace]
    public async Task Blocks_and_bytes_are_published_and_stay_with_their_owner(Face face)
    {
        IMemoryFabric fabric = shared.Fabric.As(face);
        using BlockReservation reservation = await fabric.ReserveAsync(8, new ReservationOptions { BlockBytes = 4096 });
        LocalBlock[] blocks = new LocalBlock[3];
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.True(reservation.TryTake(out blocks[i], out Span<byte> bytes));
            bytes.Fill((byte)(i + 1));
        }

        await using MemoryLease one = await fabric.PublishAsync(PoolNames.Default, reservation, blocks[1]);
        await using MemoryLease many = await fabric.PublishAsync(PoolNames.Default, reservation, blocks, 9000);
        await using MemoryLease part = await fabric.PublishAsync(PoolNames.Default, reservation.GetMemory(blocks[2])[..10]);

        Assert.Equal((4096L, 9000L, 10L), (one.Length, many.Length, part.Length));
        Assert.All(await ReadAsync(one), value => Assert.Equal(2, value));
        byte[] all = [.. Enumerable.Repeat((byte)1, 4096), .. Enumerable.Repeat((byte)2, 4096), .. Enumerable.Repeat((byte)3, 808)];
        Assert.Equal(all, await ReadAsync(many));
        Assert.All(await ReadAsync(part), value => Assert.Equal(3, value));
        for (int i = 0; i < blocks.Length; i++)
        {
            Assert.Equal(i + 1, reservation.GetSpan(blocks[i])[4095]);
            reservation.Return(blocks[i]);
        }

        await RefusedAsync<LeaseFencedException>(() => fabric.PublishAsync("default", reservation, blocks[0]), "returned");
        await RefusedAsync<LeaseFencedException>(() => fabric.PublishAsync("default", reservation, new LocalBlock(99, 1)), "99");
        await RefusedAsync<ArgumentException>(() => fabric.PublishAsync("default", reservation, []), "no block");
        await RefusedAsync<ArgumentNullException>(() => fabric.PublishAsync("default", reservation, null!), "blocks");
        await RefusedAsync<ArgumentNullException>(() => fabric.PublishAsync("default", null!, blocks), "reservation");
        await RefusedAsync<ArgumentOutOfRangeException>(() => fabric.PublishAsync("default", reservation, blocks, 0), "12288");
        await RefusedAsync<ArgumentOutOfRangeException>(() => fabric.PublishAsync("default", reservation, blocks, 12_289), "12288");
        await RefusedAsync<ArgumentOutOfRangeException>(() => fabric.PublishAsync("default", ReadOnlyMemory<byte>.Empty), "'0'");
        await RefusedAsync<ArgumentException>(() => fabric.PublishAsync("no pool", new byte[1]), "'no pool'");
        await RefusedAsync<OperationCanceledException>(() => fabric.PublishAsync("default", new byte[1], null, new CancellationToken(canceled: true)));
        Assert.Equal(reservation.BlockCount, reservation.FreeCount);
    }

    private static async Task RefusedAsync<TError>(Func<ValueTask<MemoryLease>> publish, params string[] said)
        where TError : Exception
    {
        var error = await Assert.ThrowsAnyAsync<TError>(async () => await publish());
        Assert.All(said, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }

    private async Task<byte[]> ReadAsync(MemoryLease lease)
    {
        byte[] bytes = new byte[lease.Length];
        await using MemoryLease view = await shared.Fabric.InSilo(1).OpenAsync(lease.Token);
        await view.ReadAsync(0, bytes);
        return bytes;
    }
}
