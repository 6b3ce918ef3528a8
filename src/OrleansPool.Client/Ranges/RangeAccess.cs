using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Grains;

namespace OrleansPool.Client.Ranges;

/// <summary>
/// Reads and writes over a map of extents: what is in this process directly, block by block; the rest in calls of bounded size,
/// several under way at once.
/// </summary>
/// <remarks>
/// Thread-safe, stateless but for the process's sessions.
/// Public for the other assemblies of OrleansPool only: it may change in any version.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class RangeAccess(ISegmentPath path)
{
    /// <summary>Most bytes of one call.</summary>
    public const int CallBytesMax = 1 << 20;

    /// <summary>Most blocks of one call: half of what one session may have under way, so that two calls overlap.</summary>
    public const int CallBlockCountMax = RequestId.WindowCount / 2;

    /// <summary>Most reads of one call; reads need no session.</summary>
    public const int CallReadCountMax = 1024;

    private const int CallsAtOnceMax = 4;

    // Where more clients write to a segment than it keeps sessions, one may lose its session again before it gets to use it.
    private const int ReopenCountMax = 8;

    private readonly SessionTable _sessions = new(path);

    /// <summary>The process's sessions.</summary>
    internal SessionTable Sessions => _sessions;

    /// <summary>Reads where all bytes are in this process.</summary>
    /// <returns>False, with the destination cleared, where a byte is elsewhere or may not be read.</returns>
    public static bool TryRead(ExtentMap map, long offset, Span<byte> destination)
    {
        if (offset < 0 || offset > map.Length - destination.Length)
        {
            destination.Clear();
            return false;
        }

        for (int done = 0; done < destination.Length;)
        {
            BlockSlice slice = map.Locate(offset + done, destination.Length - done);
            ILocalSegment? local = map.LocalOf(slice.Extent);
            if (local is null
                || !local.TryRead(slice.Block, map[slice.Extent].Extent.Key.Generation, slice.Offset, destination.Slice(done, slice.Count)))
            {
                destination.Clear();
                return false;
            }

            done += slice.Count;
        }

        return true;
    }

    /// <summary>Sends a read of one block elsewhere straight to its node, if that is possible at once. Where calls are traced, each has an activity, and goes the longer way.</summary>
    internal bool TryReadAtOnce(
        ExtentMap map, long offset, Memory<byte> destination, IRangeFallback range, CancellationToken cancellationToken, out ValueTask<int> read)
    {
        read = default;
        if (destination.IsEmpty || PoolTelemetry.IsTraced || offset < 0 || offset > map.Length - destination.Length) return false;
        BlockSlice slice = map.Locate(offset, destination.Length);
        if (slice.Count != destination.Length || slice.Block < 0 || map.LocalOf(slice.Extent) is not null) return false;
        LeaseExtent extent = map[slice.Extent].Extent;
        var request = new BlockRead(extent.Segment, extent.Key, slice.Block, slice.Offset, slice.Count, 0);
        if (!path.TryRead(extent.Home, request, destination, cancellationToken, out ValueTask<BlockReadReply> answer)) return false;
        read = QuickRead.Run(answer, range, offset, destination, cancellationToken);
        return true;
    }

    /// <summary>Sends a change of one block elsewhere straight to its node, if that is possible at once.</summary>
    internal QuickWrite? TryChangeAtOnce(
        ExtentMap map, BlockWriteKind kind, long offset, int count, ReadOnlyMemory<byte> source, long operand, long expected, ulong fence,
        IRangeFallback range, CancellationToken cancellationToken)
    {
        if (count == 0 || PoolTelemetry.IsTraced || offset < 0 || offset > map.Length - count) return null;
        BlockSlice slice = map.Locate(offset, count);
        if (slice.Count != count || slice.Block < 0 || map.LocalOf(slice.Extent) is not null) return null;
        LeaseExtent extent = map[slice.Extent].Extent;
        if (_sessions.TryGet(extent.Home, extent.Segment) is not { } session || !session.TryBegin(out RequestId request)) return null;
        var write = new BlockWrite(kind, extent.Segment, extent.Key, request, slice.Block, slice.Offset, count, operand, expected, fence);
        if (path.TryWrite(extent.Home, write, source, cancellationToken, out ValueTask<BlockWriteReply> answer))
        {
            return QuickWrite.Run(answer, this, range, session, extent.Home, write, offset, source, cancellationToken);
        }

        session.End(request);
        return null;
    }

    /// <summary>Asks again for a change whose answer was lost, under the same id.</summary>
    /// <param name="home">The node.</param>
    /// <param name="write">The change.</param>
    /// <param name="source">Its bytes.</param>
    /// <param name="mayHaveRun">Whether the one that got no answer was sent.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    internal async ValueTask<BlockWriteReply[]> RepeatAsync(
        NodeId home, BlockWrite write, ReadOnlyMemory<byte> source, bool mayHaveRun, CancellationToken cancellationToken)
    {
        BlockWrite[] writes = [write];
        try
        {
            BlockWriteReply[] replies = await path.WriteAsync(home, writes, source, cancellationToken);
            PoolErrors.ThrowIfForgotten(replies, writes, attemptsBefore: mayHaveRun ? 1 : 0);
            return replies;
        }
        catch (PoolUnavailableException e) when (mayHaveRun)
        {
            // None of these attempts was carried out; the one before may have been.
            throw PoolErrors.Unanswered(write, e);
        }
    }

    /// <summary>Reads bytes that lie inside the map.</summary>
    /// <param name="pool">Pool of the range, for errors.</param>
    /// <param name="map">The map.</param>
    /// <param name="offset">First byte.</param>
    /// <param name="destination">Filled; cleared on failure.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    public async ValueTask ReadAsync(string pool, ExtentMap map, long offset, Memory<byte> destination, CancellationToken cancellationToken)
    {
        List<Task>? calls = null;
        try
        {
            for (long done = 0; done < destination.Length;)
            {
                (long start, List<BlockSlice> batch, int bytes) = NextBatch(map, offset + done, destination.Length - done, CallReadCountMax);
                Memory<byte> part = destination.Slice((int)(start - offset), bytes);
                Task call = ReadBatchAsync(pool, map, batch, part, cancellationToken).AsTask();
                done += bytes;
                if (calls is null && done == destination.Length)
                {
                    await call;
                    return;
                }

                await AddAsync(calls ??= [], call);
            }

            if (calls is not null) await Task.WhenAll(calls);
        }
        catch
        {
            await SettleAsync(calls);
            destination.Span.Clear();
            throw;
        }
    }

    /// <summary>Writes bytes that lie inside the map.</summary>
    public ValueTask WriteAsync(
        string pool, ExtentMap map, long offset, ReadOnlyMemory<byte> source, CancellationToken cancellationToken) =>
        WriteAsync(pool, map, offset, source, 0, cancellationToken);

    /// <summary>Writes bytes that lie inside the map, under a lock's fence; zero for none.</summary>
    public async ValueTask WriteAsync(
        string pool, ExtentMap map, long offset, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken)
    {
        List<Task>? calls = null;
        try
        {
            for (long done = 0; done < source.Length;)
            {
                BlockSlice slice = map.Locate(offset + done, source.Length - done);
                if (map.LocalOf(slice.Extent) is { } local)
                {
                    var write = new BlockWrite(
                        BlockWriteKind.Write, map[slice.Extent].Extent.Segment, map[slice.Extent].Extent.Key, RequestId.None, slice.Block,
                        slice.Offset, slice.Count, 0, 0, fence);
                    BlockWriteReply reply = await local.WriteAsync(write, source.Slice((int)done, slice.Count));
                    ThrowIfNotDone(reply.Status, pool, map, slice.Extent);
                    done += slice.Count;
                    continue;
                }

                (_, List<BlockSlice> batch, int bytes) = NextBatch(map, offset + done, source.Length - done, CallBlockCountMax);
                Task call = WriteBatchAsync(pool, map, batch, source.Slice((int)done, bytes), fence, cancellationToken).AsTask();
                done += bytes;
                await AddAsync(calls ??= [], call);
            }

            if (calls is not null) await Task.WhenAll(calls);
        }
        catch
        {
            await SettleAsync(calls);
            throw;
        }
    }

    /// <summary>Compare-exchange or add on 8 bytes that lie inside one block.</summary>
    /// <returns>The value found, or the sum.</returns>
    public ValueTask<long> CombineAsync(
        string pool, ExtentMap map, BlockWriteKind kind, long offset, long operand, long expected, CancellationToken cancellationToken) =>
        CombineAsync(pool, map, kind, offset, operand, expected, 0, cancellationToken);

    /// <summary>Compare-exchange or add on 8 bytes that lie inside one block, under a lock's fence; zero for none.</summary>
    /// <returns>The value found, or the sum.</returns>
    public async ValueTask<long> CombineAsync(
        string pool, ExtentMap map, BlockWriteKind kind, long offset, long operand, long expected, ulong fence, CancellationToken cancellationToken)
    {
        BlockSlice slice = map.Locate(offset, sizeof(long));
        LeaseExtent extent = map[slice.Extent].Extent;
        var write = new BlockWrite(kind, extent.Segment, extent.Key, RequestId.None, slice.Block, slice.Offset, sizeof(long), operand, expected, fence);
        BlockWriteReply reply = map.LocalOf(slice.Extent) is { } local
            ? await local.WriteAsync(write, default)
            : (await SendAsync(pool, map, slice.Extent, [write], default, cancellationToken))[0];
        ThrowIfNotDone(reply.Status, pool, map, slice.Extent);
        return reply.Value;
    }

    private static void ThrowIfNotDone(OperationStatus status, string pool, ExtentMap map, int extent)
    {
        if (status is OperationStatus.Ok or OperationStatus.Mismatch) return;
        throw PoolErrors.For(status, pool, map[extent].Extent.Home, map[extent].Extent.Key);
    }

    /// <summary>Adds a call to those under way; waits for one when they are as many as may be.</summary>
    private static async ValueTask AddAsync(List<Task> calls, Task call)
    {
        calls.Add(call);
        if (calls.Count < CallsAtOnceMax) return;
        Task ended = await Task.WhenAny(calls);
        calls.Remove(ended);
        await ended;
    }

    /// <summary>Waits for the calls under way, whatever becomes of them: the caller's buffer is theirs until then.</summary>
    private static async ValueTask SettleAsync(List<Task>? calls)
    {
        if (calls is not null) await Task.WhenAll(calls).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
    }

    /// <summary>The blocks of one extent with which some bytes begin, as many as one call takes.</summary>
    private static (long Start, List<BlockSlice> Batch, int Bytes) NextBatch(ExtentMap map, long offset, long count, int blockCountMax)
    {
        List<BlockSlice> batch = [];
        int bytes = 0;
        while (bytes < count && batch.Count < blockCountMax)
        {
            BlockSlice slice = map.Locate(offset + bytes, count - bytes);
            if (batch.Count > 0 && (slice.Extent != batch[0].Extent || bytes + slice.Count > CallBytesMax)) break;
            batch.Add(slice);
            bytes += slice.Count;
        }

        return (offset, batch, bytes);
    }

    private async ValueTask ReadBatchAsync(
        string pool, ExtentMap map, List<BlockSlice> batch, Memory<byte> destination, CancellationToken cancellationToken)
    {
        int extentIndex = batch[0].Extent;
        LeaseExtent extent = map[extentIndex].Extent;
        if (batch[0].Block < 0) throw PoolErrors.Lost(pool, extent.Home, extent.Key.Id);
        var reads = new BlockRead[batch.Count];
        for (int i = 0; i < reads.Length; i++)
        {
            reads[i] = new BlockRead(extent.Segment, extent.Key, batch[i].Block, batch[i].Offset, batch[i].Count, 0);
        }

        var replies = new BlockReadReply[reads.Length];
        await path.ReadAsync(extent.Home, map.BlockBytes, reads, replies, ReadPlaces.InTurn(reads, destination), cancellationToken);
        foreach (BlockReadReply block in replies) ThrowIfNotDone(block.Status, pool, map, extentIndex);
    }

    private async ValueTask WriteBatchAsync(
        string pool, ExtentMap map, List<BlockSlice> batch, ReadOnlyMemory<byte> source, ulong fence, CancellationToken cancellationToken)
    {
        LeaseExtent extent = map[batch[0].Extent].Extent;
        if (batch[0].Block < 0) throw PoolErrors.Lost(pool, extent.Home, extent.Key.Id);
        var writes = new BlockWrite[batch.Count];
        for (int i = 0; i < writes.Length; i++)
        {
            writes[i] = new BlockWrite(
                BlockWriteKind.Write, extent.Segment, extent.Key, RequestId.None, batch[i].Block, batch[i].Offset, batch[i].Count, 0, 0,
                fence);
        }

        BlockWriteReply[] replies = await SendAsync(pool, map, batch[0].Extent, writes, source, cancellationToken);
        foreach (BlockWriteReply reply in replies) ThrowIfNotDone(reply.Status, pool, map, batch[0].Extent);
    }

    /// <summary>
    /// Sends changes under a session's request ids. A session that the segment has closed is opened anew: a request of an
    /// unknown session was not carried out.
    /// </summary>
    private async ValueTask<BlockWriteReply[]> SendAsync(
        string pool, ExtentMap map, int extentIndex, BlockWrite[] writes, ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        LeaseExtent extent = map[extentIndex].Extent;
        if (writes[0].Block < 0) throw PoolErrors.Lost(pool, extent.Home, extent.Key.Id);
        for (int reopened = 0; ; reopened++)
        {
            ClientSession session = await _sessions.GetAsync(extent.Home, extent.Segment, cancellationToken);
            if (session.Id == 0) throw PoolErrors.For(OperationStatus.NoSegment, pool, extent.Home, extent.Key);
            RequestId[] requests = await session.BeginAsync(writes.Length, cancellationToken);
            try
            {
                var numbered = new BlockWrite[writes.Length];
                for (int i = 0; i < writes.Length; i++) numbered[i] = writes[i] with { Request = requests[i] };
                BlockWriteReply[] replies = await path.WriteAsync(extent.Home, numbered, bytes, cancellationToken);
                if (replies[0].Status != OperationStatus.Indeterminate || reopened == ReopenCountMax) return replies;
                _sessions.Drop(extent.Home, extent.Segment, session);
            }
            finally
            {
                session.End(requests);
            }
        }
    }
}
