using OrleansPool.Client.Routing;
using OrleansPool.Grains;
using OrleansPool.Transport.Client;

namespace OrleansPool.Client.Data;

/// <summary>
/// Batches of reads and changes over the data plane, cut into requests of bounded size, so that the other end works on one while the
/// next is on its way, and nothing short waits long behind them.
/// </summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DataCalls(DataRoutes routes)
{
    /// <summary>The connections.</summary>
    public DataRoutes Routes => routes;

    /// <summary>Sends one read, if that is possible at once.</summary>
    public bool TryRead(in NodeId home, in BlockRead read, Memory<byte> destination, CancellationToken cancellationToken, out ValueTask<BlockReadReply> answer)
    {
        answer = default;
        if (routes.TryGet(home, read.Count) is not { } connection) return false;
        answer = connection.ReadAsync(read, destination, cancellationToken);
        return true;
    }

    /// <summary>Sends one change, if that is possible at once.</summary>
    public bool TryWrite(in NodeId home, in BlockWrite write, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken, out ValueTask<BlockWriteReply> answer)
    {
        answer = default;
        if (routes.TryGet(home, bytes.Length) is not { } connection) return false;
        answer = connection.WriteAsync(write, bytes, cancellationToken);
        return true;
    }

    /// <summary>Reads blocks into the caller's memory.</summary>
    /// <param name="home">The node.</param>
    /// <param name="reads">What.</param>
    /// <param name="replies">Gets an answer for each.</param>
    /// <param name="places">One for each, as long as its count. Gets the bytes if the answer is Ok.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many bytes were read; null where the data plane cannot be reached.</returns>
    public async Task<int?> ReadAsync(NodeId home, BlockRead[] reads, BlockReadReply[] replies, Memory<byte>[] places, CancellationToken cancellationToken)
    {
        int byteCount = 0;
        foreach (Memory<byte> place in places) byteCount += place.Length;
        if (await routes.GetAsync(home, byteCount, cancellationToken) is not { } connection) return null;
        if (byteCount <= routes.Options.CutBytes || reads.Length == 1) return await ReadPartAsync(connection, reads, places, replies, cancellationToken);
        List<Cut> cuts = Cut.Of(reads.Length, i => reads[i].Count, routes.Options.CutBytes);
        var counts = new Task<int>[cuts.Count];
        for (int i = 0; i < cuts.Count; i++)
        {
            (int first, int count) = (cuts[i].First, cuts[i].Count);
            counts[i] = ReadPartAsync(
                connection, reads.AsMemory(first, count), places.AsMemory(first, count), replies.AsMemory(first, count), cancellationToken).AsTask();
        }

        // Each is waited for, whatever becomes of the others: it may write into its places until then.
        return (await Task.WhenAll(counts)).Sum();
    }

    /// <summary>Reads blocks.</summary>
    /// <returns>The answer; null where the data plane cannot be reached.</returns>
    public async Task<ReadReply?> ReadAsync(NodeId home, BlockRead[] reads, CancellationToken cancellationToken)
    {
        byte[] bytes = GC.AllocateUninitializedArray<byte>(reads.Sum(read => read.Count));
        Memory<byte>[] places = ReadPlaces.InTurn(reads, bytes);
        var replies = new BlockReadReply[reads.Length];
        return await ReadAsync(home, reads, replies, places, cancellationToken) is null
            ? null
            : new ReadReply(replies, ReadPlaces.CloseGaps(replies, places, bytes));
    }

    /// <summary>Changes blocks, in order.</summary>
    /// <param name="home">The node.</param>
    /// <param name="writes">What to do.</param>
    /// <param name="bytes">The bytes of all writes of bytes, one after the other.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answers; null where the data plane cannot be reached.</returns>
    public async Task<BlockWriteReply[]?> WriteAsync(NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (await routes.GetAsync(home, bytes.Length, cancellationToken) is not { } connection) return null;
        return await WritePartsAsync(
            connection, writes, i => writes[i].Kind == BlockWriteKind.Write ? writes[i].Count : 0,
            cut => new[] { bytes.Slice(cut.Start, cut.ByteCount) }, cancellationToken);
    }

    /// <summary>Writes bytes that lie in many places to blocks, in order.</summary>
    /// <param name="home">The node.</param>
    /// <param name="writes">What to do; all of them writes of bytes.</param>
    /// <param name="sources">The bytes of each.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>The answers; null where the data plane cannot be reached.</returns>
    public async Task<BlockWriteReply[]?> WriteAsync(
        NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte>[] sources, CancellationToken cancellationToken)
    {
        int byteCount = 0;
        foreach (ReadOnlyMemory<byte> source in sources) byteCount += source.Length;
        if (await routes.GetAsync(home, byteCount, cancellationToken) is not { } connection) return null;
        return await WritePartsAsync(connection, writes, i => sources[i].Length, cut => sources.AsMemory(cut.First, cut.Count), cancellationToken);
    }

    private static async Task<BlockWriteReply[]> WritePartsAsync(
        DataConnection connection, BlockWrite[] writes, Func<int, int> bytesOf, Func<Cut, ReadOnlyMemory<ReadOnlyMemory<byte>>> sourcesOf,
        CancellationToken cancellationToken)
    {
        var replies = new BlockWriteReply[writes.Length];
        foreach (Cut cut in Cut.Of(writes.Length, bytesOf, MaxBytesOfChanges(connection)))
        {
            // One after the other: what is refused stops the rest of its lease.
            ReadOnlyMemory<ReadOnlyMemory<byte>> sources = sourcesOf(cut);
            if (cut.Count == 1) replies[cut.First] = await connection.WriteAsync(writes[cut.First], sources.Span[0], cancellationToken);
            else await connection.WriteAsync(writes.AsMemory(cut.First, cut.Count), sources, replies.AsMemory(cut.First, cut.Count), cancellationToken);
        }

        return replies;
    }

    private static int MaxBytesOfChanges(DataConnection connection) => Math.Min(connection.FrameBytesMax / 2, 512 << 10);

    private static async ValueTask<int> ReadPartAsync(
        DataConnection connection, ReadOnlyMemory<BlockRead> reads, ReadOnlyMemory<Memory<byte>> places, Memory<BlockReadReply> replies,
        CancellationToken cancellationToken)
    {
        if (reads.Length > 1) return await connection.ReadAsync(reads, places, replies, cancellationToken);
        BlockReadReply reply = await connection.ReadAsync(reads.Span[0], places.Span[0], cancellationToken);
        replies.Span[0] = reply;
        return reply.Status == OperationStatus.Ok ? places.Span[0].Length : 0;
    }
}
