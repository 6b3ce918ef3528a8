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
    /// <param name="destination">As long as all reads together. Gets the bytes of those that are Ok, one after the other.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <returns>How many bytes were read; null where the data plane cannot be reached.</returns>
    public async Task<int?> ReadAsync(NodeId home, BlockRead[] reads, BlockReadReply[] replies, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (await routes.GetAsync(home, destination.Length, cancellationToken) is not { } connection) return null;
        if (destination.Length <= routes.Options.CutBytes || reads.Length == 1) return await ReadPartAsync(connection, reads, replies, destination, cancellationToken);
        List<Cut> cuts = Cut.Of(reads.Length, i => reads[i].Count, routes.Options.CutBytes);
        var counts = new Task<int>[cuts.Count];
        var parts = new BlockReadReply[cuts.Count][];
        for (int i = 0; i < cuts.Count; i++)
        {
            Cut cut = cuts[i];
            parts[i] = new BlockReadReply[cut.Count];
            counts[i] = ReadPartAsync(connection, reads.AsMemory(cut.First, cut.Count), parts[i], destination.Slice(cut.Start, cut.ByteCount), cancellationToken).AsTask();
        }

        // Each is waited for, whatever becomes of the others: it may write into the destination until then.
        await Task.WhenAll(counts);
        int written = 0;
        for (int i = 0; i < cuts.Count; i++)
        {
            parts[i].CopyTo(replies, cuts[i].First);
            int count = await counts[i];

            // Where a read before was not Ok, its place is empty, and what follows moves up.
            if (written != cuts[i].Start) destination.Slice(cuts[i].Start, count).CopyTo(destination[written..]);
            written += count;
        }

        return written;
    }

    /// <summary>Changes blocks, in order.</summary>
    /// <returns>The answers; null where the data plane cannot be reached.</returns>
    public async Task<BlockWriteReply[]?> WriteAsync(NodeId home, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        if (await routes.GetAsync(home, bytes.Length, cancellationToken) is not { } connection) return null;
        if (writes.Length == 1) return [await connection.WriteAsync(writes[0], bytes, cancellationToken)];
        var replies = new BlockWriteReply[writes.Length];
        foreach (Cut cut in Cut.Of(writes.Length, i => writes[i].Kind == BlockWriteKind.Write ? writes[i].Count : 0, MaxBytesOfChanges(connection)))
        {
            // One after the other: what is refused stops the rest of its lease.
            var part = new BlockWriteReply[cut.Count];
            await connection.WriteAsync(writes.AsMemory(cut.First, cut.Count), bytes.Slice(cut.Start, cut.ByteCount), part, cancellationToken);
            part.CopyTo(replies, cut.First);
        }

        return replies;
    }

    private static int MaxBytesOfChanges(DataConnection connection) => Math.Min(connection.FrameBytesMax / 2, 512 << 10);

    private static async ValueTask<int> ReadPartAsync(
        DataConnection connection, ReadOnlyMemory<BlockRead> reads, BlockReadReply[] replies, Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (reads.Length > 1) return await connection.ReadAsync(reads, replies, destination, cancellationToken);
        replies[0] = await connection.ReadAsync(reads.Span[0], destination, cancellationToken);
        return replies[0].Status == OperationStatus.Ok ? destination.Length : 0;
    }
}
