using System.Buffers;
using System.Text.Json;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>Fabric memory as a buffer writer.</summary>
[Collection(SharedCluster.Name)]
public sealed class WriterTests(SharedCluster shared)
{
    [Theory, FromEachFace]
    public async Task A_serializer_writes_into_a_region_and_another_process_reads_it(Face face)
    {
        int[] numbers = [.. Enumerable.Range(0, 50_000)];
        await using MemoryRegion region = await shared.Fabric.As(face).OpenRegionAsync("json", 1);
        await using (RangeWriter writer = region.AsBufferWriter())
        {
            await using var json = new Utf8JsonWriter(writer);
            JsonSerializer.Serialize(json, numbers);
            await json.FlushAsync();
        }

        await using MemoryRegion other = await shared.Fabric.InSilo(1).OpenRegionAsync("json");
        await using Stream stream = other.AsStream();
        Assert.Equal(numbers, await JsonSerializer.DeserializeAsync<int[]>(stream));
        Assert.True(await shared.Fabric.Client.DeleteRegionAsync("json"));
    }

    [Theory, FromEachFace]
    public async Task Pieces_of_any_size_end_up_one_after_the_other(Face face)
    {
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(400_000);
        var expected = new MemoryStream();
        using (RangeWriter writer = lease.AsBufferWriter(7))
        {
            foreach (int size in new[] { 1, 100, 65_536, 65_537, 3, 200_000, 0, 60_000 })
            {
                byte[] piece = new byte[size];
                new Random(size).NextBytes(piece);
                piece.CopyTo(writer.GetSpan(size));
                writer.Advance(size);
                expected.Write(piece);
                Assert.Equal(7 + expected.Length, writer.Position);
            }
        }

        byte[] read = new byte[expected.Length];
        await lease.ReadAsync(7, read);
        Assert.True(expected.ToArray().AsSpan().SequenceEqual(read));
    }

    [Theory, FromEachFace]
    public async Task Wrong_arguments_are_refused_by_name(Face face)
    {
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(100);
        Assert.Contains("'-1'", Assert.Throws<ArgumentOutOfRangeException>(() => lease.AsBufferWriter(-1)).ActualValue is -1L ? "'-1'" : "", StringComparison.Ordinal);
        Assert.Contains("100 bytes", Assert.Throws<ArgumentOutOfRangeException>(() => lease.AsBufferWriter(101)).Message, StringComparison.Ordinal);
        RangeWriter writer = lease.AsBufferWriter(90);

        Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetMemory(-1));
        Assert.Contains($"{RangeWriter.SizeHintMax}", Assert.Throws<ArgumentOutOfRangeException>(() => writer.GetSpan(int.MaxValue)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(-1));
        Assert.Contains("0 bytes", Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1)).Message, StringComparison.Ordinal);
        Assert.True(writer.GetMemory(50).Length >= 50);
        Assert.Contains("10 bytes left", Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(11)).Message, StringComparison.Ordinal);
        writer.GetSpan(10)[..10].Fill(3);
        writer.Advance(10);
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Advance(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.FlushAsync(new CancellationToken(canceled: true)));
        await writer.DisposeAsync();
        await writer.DisposeAsync();
        writer.Dispose();
        byte[] read = new byte[10];
        await lease.ReadAsync(90, read);
        Assert.All(read, value => Assert.Equal(3, value));
        Assert.Throws<ObjectDisposedException>(() => writer.GetMemory());
        Assert.Throws<ObjectDisposedException>(() => writer.Advance(0));
        Assert.Throws<ObjectDisposedException>(writer.Flush);
    }

    [Theory, FromEachFace]
    public async Task A_flush_that_fails_raises_the_leases_error_and_keeps_the_bytes(Face face)
    {
        await using MemoryLease lease = await shared.Fabric.As(face).LeaseAsync(100);
        RangeWriter writer = lease.AsBufferWriter();
        writer.Write("abc"u8);
        await using MemoryLease successor = await shared.Fabric.As(face).AdoptAsync(await lease.TransferAsync());

        await Assert.ThrowsAsync<LeaseFencedException>(async () => await writer.FlushAsync());
        Assert.Equal(3, writer.Position);
        Assert.Throws<LeaseFencedException>(writer.Dispose);
        Assert.Throws<ObjectDisposedException>(writer.Flush);
    }
}
