using System.Collections.Concurrent;
using System.Diagnostics;
using OrleansPool.Client.Telemetry;
using OrleansPool.Core.Caching;
using OrleansPool.Grains;
using OrleansPool.Server.Nodes;

namespace OrleansPool.Server.Routing;

/// <summary>
/// Reads blocks of other nodes through the silo's block cache. Every read asks the owner, naming the version that is cached: the
/// owner answers "unchanged" without bytes, or with the newer bytes. So a read is never stale, and a hot block crosses the network
/// once.
/// </summary>
/// <remarks>
/// <para>Single flight: of several readers that miss the same block at once, one brings it; the others wait, and then ask the
/// owner themselves with the version that was brought. They must not take the bytes on trust: the request that brought them may
/// have been answered before they began to read.</para>
/// <para>Thread-safe. Blocks above <see cref="FillBlockBytesMax"/> are read past the cache, unless read whole.</para>
/// </remarks>
internal sealed class CachedReader(NodeHost node, RemoteNodes remote, TimeProvider time)
{
    /// <summary>Largest block that is brought whole when a part of it is read.</summary>
    public const int FillBlockBytesMax = 16 << 10;

    private readonly BlockCache? _cache = node.Cache;
    private readonly ConcurrentDictionary<BlockKey, Task> _flights = new();

    /// <summary>Reads; see <see cref="ICacheGrain.ReadAsync"/>.</summary>
    public async ValueTask<ReadReply> ReadAsync(NodeId home, int blockBytes, BlockRead[] reads, CancellationToken cancellationToken)
    {
        using Activity? activity = PoolTelemetry.Start("read", kind: ActivityKind.Client);
        long started = time.GetTimestamp();
        var job = new CachedReadJob(home, blockBytes, reads);
        while (job.Pending.Count > 0)
        {
            List<int> batch = [];
            List<(BlockKey Key, TaskCompletionSource Flight)> own = [];
            Task? foreign = SelectBatch(job, batch, own);
            if (batch.Count == 0)
            {
                await foreign!.WaitAsync(cancellationToken);
                continue;
            }

            try
            {
                BlockRead[] requests = [.. batch.Select(i => job.RequestOf(i, KnownVersion(job.KeyOf(i))))];
                ReadReply reply = await remote.ReadAsync(home, requests, cancellationToken);
                job.Pending.RemoveAll(batch.Contains);
                Take(job, batch, requests, reply);
            }
            finally
            {
                foreach ((BlockKey key, TaskCompletionSource flight) in own)
                {
                    _flights.TryRemove(key, out _);
                    flight.SetResult();
                }
            }
        }

        activity?.SetTag("orleanspool.path", job.CountFetched == 0 ? "cache" : "remote");
        PoolPath path = job.CountFetched == 0 ? PoolPath.Cache : PoolPath.Remote;
        PoolTelemetry.RecordDuration(PoolOperation.Read, path, time.GetElapsedTime(started));
        PoolTelemetry.Count(PoolOperation.Read, PoolPath.Cache, reads.Length - job.CountFetched, job.BytesAsked - job.BytesFetched);
        PoolTelemetry.Count(PoolOperation.Read, PoolPath.Remote, job.CountFetched, job.BytesFetched);
        return job.Reply();
    }

    /// <summary>Brings blocks into the cache.</summary>
    /// <returns>How many of them are there now.</returns>
    public async ValueTask<int> PrefetchAsync(NodeId home, int blockBytes, BlockRead[] blocks, CancellationToken cancellationToken)
    {
        if (_cache is null || home == node.Id) return 0;
        BlockRead[] whole = Array.ConvertAll(blocks, block => block with { Offset = 0, Count = blockBytes });
        await ReadAsync(home, blockBytes, whole, cancellationToken);
        return whole.Count(block => KnownVersion(CachedReadJob.KeyOf(home, block)) != 0);
    }

    private ulong KnownVersion(in BlockKey key) => _cache is not null && _cache.TryGetVersion(key, out ulong version) ? version : 0;

    /// <summary>
    /// Chooses what one call asks for: of what is pending, all but the blocks that somebody else is bringing now, up to the size
    /// of a call.
    /// </summary>
    /// <returns>The flight of a block that somebody else is bringing, if there is one.</returns>
    private Task? SelectBatch(CachedReadJob job, List<int> batch, List<(BlockKey Key, TaskCompletionSource Flight)> own)
    {
        Task? foreign = null;
        long bytes = 0;
        foreach (int i in job.Pending)
        {
            bytes += job.BytesToBring(i);
            if (batch.Count > 0 && bytes > INodePoolGrain.CallBytesMax) break;
            if (_cache is not null && job.IsCacheable(i) && KnownVersion(job.KeyOf(i)) == 0)
            {
                var flight = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                Task inFlight = _flights.GetOrAdd(job.KeyOf(i), flight.Task);
                if (inFlight != flight.Task && !own.Exists(mine => mine.Key == job.KeyOf(i)))
                {
                    foreign = inFlight;
                    continue;
                }

                if (inFlight == flight.Task) own.Add((job.KeyOf(i), flight));
            }

            batch.Add(i);
        }

        return foreign;
    }

    private void Take(CachedReadJob job, List<int> batch, BlockRead[] requests, in ReadReply reply)
    {
        int at = 0;
        for (int n = 0; n < batch.Count; n++)
        {
            int i = batch[n];
            BlockReadReply answer = reply.Blocks[n];
            switch (answer.Status)
            {
                case OperationStatus.Ok:
                    ReadOnlySpan<byte> brought = reply.Bytes.Span.Slice(at, requests[n].Count);
                    at += requests[n].Count;
                    if (job.IsCacheable(i)) _cache?.Put(job.KeyOf(i), answer.Version, brought);
                    brought.Slice(job.OffsetIn(i, requests[n]), job.CountOf(i)).CopyTo(job.DestinationOf(i));
                    job.Done(i, answer);
                    job.Fetched(i);
                    _cache?.CountMiss(requests[n].Count);
                    break;
                case OperationStatus.Unchanged
                    when _cache!.TryGet(job.KeyOf(i), job.DestinationOf(i), job.OffsetIn(i), out ulong version) && version == answer.Version:
                    job.Done(i, answer with { Status = OperationStatus.Ok });
                    _cache.CountHit(job.CountOf(i));
                    break;
                case OperationStatus.Unchanged:
                    // Evicted or replaced since its version was read, or not of the length that its token says: ask again, for the bytes.
                    _cache.Remove(job.KeyOf(i));
                    job.Pending.Add(i);
                    break;
                default:
                    job.Done(i, answer);
                    break;
            }
        }
    }
}
