namespace OrleansPool.Server.Tests.Faces;

/// <summary>What a stream promises beyond what a memory stream does.</summary>
[Collection(SharedCluster.Name)]
public sealed class StreamTests(SharedCluster shared)
{
    [Theory, FromEachFace]
    public async Task A_stream_whose_lease_is_lost_raises_the_leases_own_error(Face face)
    {
        IMemoryFabric fabric = shared.Fabric.As(face);
        await using MemoryLease lease = await fabric.LeaseAsync(1000);
        Stream stream = lease.AsStream();
        Stream unflushed = lease.AsStream();
        await unflushed.WriteAsync(new byte[10]);
        await using MemoryLease successor = await fabric.AdoptAsync(await lease.TransferAsync());

        byte[] buffer = new byte[10];
        await Assert.ThrowsAsync<LeaseFencedException>(() => ReadAsync(stream, buffer));
        await Assert.ThrowsAsync<LeaseFencedException>(() => ReadAsync(stream, Memory<byte>.Empty));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await stream.WriteAsync(buffer));
        await Assert.ThrowsAsync<LeaseFencedException>(async () => await stream.CopyToAsync(Stream.Null));
        Assert.Throws<LeaseFencedException>(() => stream.Read(buffer));
        Assert.Throws<LeaseFencedException>(() => stream.ReadByte());
        Assert.Throws<LeaseFencedException>(() => stream.Write(buffer));
        stream.Position = 1000;
        Assert.Throws<LeaseFencedException>(() => stream.Read(buffer));
        await stream.FlushAsync();
        await stream.DisposeAsync();

        // Bytes that cannot be written any more are told of, however the stream ends; then it has ended.
        await Assert.ThrowsAsync<LeaseFencedException>(() => unflushed.FlushAsync());
        Assert.Throws<LeaseFencedException>(unflushed.Flush);
        Assert.Throws<LeaseFencedException>(unflushed.Dispose);
        unflushed.Dispose();
        Assert.False(unflushed.CanWrite);
    }

    [Theory, FromEachFace]
    public async Task Written_bytes_are_seen_by_others_once_flushed_and_at_the_latest_when_the_buffer_is_full(Face face)
    {
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(200_000);
        await using Stream stream = lease.AsStream();
        byte[] seen = new byte[1];

        stream.WriteByte(1);
        await lease.ReadAsync(0, seen);
        Assert.Equal(0, seen[0]);
        await stream.FlushAsync();
        await lease.ReadAsync(0, seen);
        Assert.Equal(1, seen[0]);

        for (int i = 0; i < 70_000; i++) stream.WriteByte(2);
        await lease.ReadAsync(1, seen);
        Assert.Equal(2, seen[0]);

        await stream.WriteAsync(new byte[100_000]);
        stream.Position = 3;
        Assert.Equal(2, stream.ReadByte());
    }

    [Theory, FromEachFace]
    public async Task A_stream_over_a_read_only_lease_only_reads(Face face)
    {
        IMemoryFabric fabric = shared.Fabric.As(face);
        await using MemoryLease owner = await fabric.LeaseAsync(10);
        await using MemoryLease lease = await fabric.OpenAsync(owner.ToReadOnlyToken());
        await using Stream stream = lease.AsStream();

        Assert.Equal((true, true, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Equal(10, await stream.ReadAsync(new byte[20]));
        Assert.Equal(0, await stream.ReadAsync(new byte[20]));
        Assert.Contains("read-only", Assert.Throws<NotSupportedException>(() => stream.WriteByte(1)).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<NotSupportedException>(async () => await stream.WriteAsync(new byte[1]));
        Assert.Throws<PoolAccessDeniedException>(() => lease.AsBufferWriter());
    }

    [Theory, FromEachFace]
    public async Task Wrong_arguments_are_refused_by_name(Face face)
    {
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(100);
        Stream stream = lease.AsStream();
        byte[] buffer = new byte[10];
        var cancelled = new CancellationToken(canceled: true);

        Assert.Contains("'-1'", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Position = -1).Message, StringComparison.Ordinal);
        Assert.Contains("before the beginning", Assert.Throws<IOException>(() => stream.Seek(-1, SeekOrigin.Begin)).Message, StringComparison.Ordinal);
        Assert.Contains("past", Assert.Throws<ArgumentOutOfRangeException>(() => stream.Seek(long.MaxValue, SeekOrigin.End)).Message, StringComparison.Ordinal);
        Assert.Contains("9", Assert.Throws<ArgumentException>(() => stream.Seek(0, (SeekOrigin)9)).Message, StringComparison.Ordinal);
        Assert.Contains("100 bytes", Assert.Throws<NotSupportedException>(() => stream.SetLength(5)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => stream.Read(null!, 0, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Read(buffer, 5, 6));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.Write(buffer, -1, 1));
        await Assert.ThrowsAsync<ArgumentNullException>(() => stream.WriteAsync(null!, 0, 1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => ReadAsync(stream, buffer, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await stream.WriteAsync(buffer, cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stream.FlushAsync(cancelled));
        stream.Position = 95;
        Assert.Contains("10 bytes from 95", Assert.Throws<NotSupportedException>(() => stream.Write(buffer)).Message, StringComparison.Ordinal);
        Assert.Equal(95, stream.Position);
        Assert.Equal(5, stream.Read(buffer));
        stream.Position = long.MaxValue;
        Assert.Equal(0, stream.Read(buffer));
        Assert.Throws<IOException>(() => stream.Write(buffer));
        Assert.Equal(0, stream.Read([]));
        stream.Write([]);

        await stream.DisposeAsync();
        await stream.DisposeAsync();
        Assert.Equal((false, false, false), (stream.CanRead, stream.CanSeek, stream.CanWrite));
        Assert.Throws<ObjectDisposedException>(() => stream.Length);
        Assert.Throws<ObjectDisposedException>(() => stream.Position);
        Assert.Throws<ObjectDisposedException>(() => stream.Position = 0);
        Assert.Throws<ObjectDisposedException>(() => stream.Seek(0, SeekOrigin.Begin));
        Assert.Throws<ObjectDisposedException>(() => stream.SetLength(1));
        Assert.Throws<ObjectDisposedException>(() => stream.Read(buffer));
        Assert.Throws<ObjectDisposedException>(() => stream.Write(buffer));
        Assert.Throws<ObjectDisposedException>(stream.Flush);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => ReadAsync(stream, buffer));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.WriteAsync(buffer));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.FlushAsync());

        // The lease stays open unless the stream owns it.
        await lease.RenewAsync();
        await lease.AsStream(leaveOpen: false).DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => lease.AsStream());
        Assert.Throws<ObjectDisposedException>(() => lease.AsBufferWriter());
    }

    [Theory, FromEachFace]
    public async Task A_region_that_others_made_longer_is_not_made_shorter_by_a_stream(Face face)
    {
        IMemoryFabric fabric = shared.Fabric.As(face);
        await using MemoryRegion stale = await fabric.OpenRegionAsync("appended", 10);
        await using (MemoryRegion other = await fabric.OpenRegionAsync("appended"))
        {
            await other.ResizeAsync(10_000);
            await other.WriteAsync(9_999, new byte[] { 7 });
        }

        await using (Stream stream = stale.AsStream())
        {
            Assert.Equal(10, stream.Length);
            stream.Position = 100;
            await stream.WriteAsync(new byte[] { 8 });
            Assert.Equal(101, stream.Length);
        }

        byte[] last = new byte[1];
        Assert.Equal(10_000, stale.Length);
        await stale.ReadAsync(9_999, last);
        Assert.Equal(7, last[0]);

        // And one that others made shorter ends where it ends now.
        Stream reader = stale.AsStream();
        reader.Position = 9_000;
        await using (MemoryRegion other = await fabric.OpenRegionAsync("appended")) await other.ResizeAsync(10);
        await stale.RefreshAsync();
        Assert.Equal(0, await reader.ReadAsync(last));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await stale.GrowAsync(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => reader.SetLength(0));
        await stale.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => reader.Read(last));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stale.GrowAsync(10));
        Assert.Throws<ObjectDisposedException>(() => stale.AsStream());
        Assert.Throws<ObjectDisposedException>(() => stale.AsBufferWriter());
        Assert.True(await fabric.DeleteRegionAsync("appended"));
    }

    [Fact]
    public async Task The_synchronous_members_may_be_used_in_a_grain()
    {
        byte[] bytes = [.. Enumerable.Range(0, 100_000).Select(i => (byte)i)];
        for (int silo = 0; silo < 2; silo++)
        {
            await using MemoryLease lease = await shared.Fabric.InSilo(silo).LeaseAsync(
                PoolNames.Default, 200_000, new LeaseOptions { Fallback = LeaseFallback.LocalNodeOnly });
            byte[][] read = await Task.WhenAll(Enumerable.Range(0, 4).Select(
                grain => shared.Fabric.Cluster.Client.GetGrain<ISyncStreamGrain>(grain).OverwriteAsync(lease.Token, bytes))).WaitAsync(FabricCluster.WaitMax);
            Assert.All(read, copy => Assert.True(copy.AsSpan().SequenceEqual([.. bytes, .. bytes])));
        }
    }

    private static async Task<int> ReadAsync(Stream stream, Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        await stream.ReadAsync(buffer, cancellationToken);
}
