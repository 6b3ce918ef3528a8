using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansPool.Client.Reservations;
using OrleansPool.Client.Routing;
using OrleansPool.Client.Telemetry;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Caching;
using OrleansPool.Core.Segments;
using OrleansPool.Core.Wire;
using OrleansPool.Grains;
using OrleansPool.Server.Hosting;
using OrleansPool.Server.Telemetry;
using OrleansPool.Transport.Server;

namespace OrleansPool.Server.Nodes;

/// <summary>
/// This silo's share of the fabric: its arena, its pools and their segments. Everything in the silo that touches local memory
/// does so here; grains only translate.
/// </summary>
/// <remarks>Thread-safe. Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed partial class NodeHost : IReservationSource, IDisposable
{
    /// <summary>How often a segment moves at most while one read goes on: out of the spill file, once.</summary>
    private const int MovesMax = 2;

    private readonly Arena _arena;
    private readonly SegmentFactory _factory;
    private readonly NodePools _pools;
    private readonly IDisposable? _changes;
    private readonly HostClock _clock;
    private readonly ILogger<NodeHost> _logger;
    private long _bytesMoved;
    private long _operations;
    private long _reservedBytes;
    private readonly ConcurrentDictionary<Reservation, bool> _reservations = new();
    private long _returnedBlocks;

    /// <summary>Maps the node's memory and makes its pools.</summary>
    /// <exception cref="PoolConfigurationException">The machine or its cgroup has less memory than the capacity.</exception>
    public NodeHost(IOptionsMonitor<OrleansPoolOptions> options, ILocalSiloDetails silo, TimeProvider time, ILogger<NodeHost> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(silo);
        OrleansPoolOptions settings = options.CurrentValue;
        Span<byte> incarnation = stackalloc byte[16];
        RandomNumberGenerator.Fill(incarnation);
        Id = new NodeId(silo.SiloAddress, new NodeIncarnation(BinaryPrimitives.ReadUInt128LittleEndian(incarnation)));
        Name = settings.NodeName ?? silo.Name;
        CapacityBytes = ByteSize.Parse(settings.Capacity);
        _clock = new HostClock(time);
        _logger = logger;
        long started = time.GetTimestamp();
        _arena = Arena.Map(new ArenaOptions { CapacityBytes = CapacityBytes, Diagnostic = settings.Diagnostic });
        StartDuration = time.GetElapsedTime(started);
        Counters = settings.Instruments ? new LocalCounters() : null;
        Arena? spill = settings.SpillFile is { } file ? Arena.MapFile(file, ByteSize.Parse(settings.SpillCapacity!)) : null;
        _factory = new SegmentFactory(_arena, spill, _clock, Id.Incarnation, Counters, OnFaulted);
        Cache = MakeCache((long)(CapacityBytes * settings.CacheShare));
        _pools = new NodePools(settings.Pools, _factory, _clock, logger);
        _changes = options.OnChange(changed => _pools.Apply(changed.Pools));
    }

    /// <summary>This node, in this life.</summary>
    public NodeId Id { get; }

    /// <summary>Its name in reports.</summary>
    public string Name { get; }

    /// <summary>All memory that it may use.</summary>
    public long CapacityBytes { get; }

    /// <summary>How long it took to map the memory and make it resident.</summary>
    public TimeSpan StartDuration { get; }

    /// <summary>Where its data plane listens; null where and while it has none.</summary>
    public string? DataEndpoint => DataListener?.Endpoint.ToString();

    /// <summary>Its data plane; null where and while it has none.</summary>
    internal DataListener? DataListener { get; set; }

    /// <summary>Counts what this process does to its own node's memory; null where instruments are off.</summary>
    internal LocalCounters? Counters { get; }

    /// <summary>Operations for other processes, and on whole leases.</summary>
    internal long ServedCount => Interlocked.Read(ref _operations);

    /// <summary>Segments that found their own state broken.</summary>
    internal int FaultedSegmentCount => _factory.Segments.Count(segment => segment.Segment.Fault is not null);

    /// <summary>Blocks given back to reservations.</summary>
    internal long ReservationReturnCount =>
        Interlocked.Read(ref _returnedBlocks) + _reservations.Keys.Sum(reservation => reservation.ReturnCount);

    /// <summary>The block cache; null where its share is zero.</summary>
    internal BlockCache? Cache { get; }

    /// <summary>Finds a segment of this node.</summary>
    public ILocalSegment? TryGetSegment(SegmentId segment) => _factory.TryGet(segment);

    /// <summary>Takes memory, now or by the request's deadline; the status tells why not.</summary>
    public async ValueTask<LeaseReply> LeaseAsync(LeaseRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using Activity? activity = PoolTelemetry.Start("node lease", request.Pool);
        (LeaseReply reply, LeaseOutcome outcome) = await _pools.LeaseAsync(request);
        activity?.SetTag("orleanspool.owner", request.Owner).SetTag("orleanspool.bytes", request.Bytes).SetTag("orleanspool.status", reply.Status.ToString());
        Interlocked.Increment(ref _operations);
        return reply.Status == OperationStatus.Ok
            ? reply with { Extents = [.. outcome.Leases.Select(lease => Extent(lease.Segment, lease.Lease))] }
            : reply;
    }

    /// <summary>Gives up places in a pool's queue, by their tickets.</summary>
    internal void Leave(string pool, Guid[] tickets) => _pools.Leave(pool, tickets);

    /// <summary>An operation on whole leases: INSPECT, TRANSFER or KEEP.</summary>
    internal async ValueTask<ExtentReply> ExecuteAsync(LeaseExtent extent, Operation operation)
    {
        if (!TryFind(extent, out NodeSegment? segment, out OperationStatus status)) return new ExtentReply(status, null);
        OperationResult result = await segment.ExecuteAsync(operation);
        Interlocked.Increment(ref _operations);
        return new ExtentReply(result.Status, result.Status == OperationStatus.Ok ? Extent(segment, result.Lease) : null);
    }

    /// <summary>Frees or renews a lease.</summary>
    internal async ValueTask<OperationStatus> EndOrRenewAsync(LeaseExtent extent, OperationKind kind)
    {
        if (!TryFind(extent, out NodeSegment? segment, out OperationStatus status)) return status;
        Interlocked.Increment(ref _operations);
        return (await segment.ExecuteAsync(Operation.OnLease(kind, extent.Key))).Status;
    }

    /// <summary>Sets a lock fence.</summary>
    internal async ValueTask<BlockFenceReply> FenceAsync(BlockFence fence)
    {
        if (!TryFind(fence.Extent, out NodeSegment? segment, out OperationStatus status)) return new BlockFenceReply(status, 0);
        OperationResult result = await segment.ExecuteAsync(
            Operation.SetFence(fence.Extent.Key, fence.Block, fence.Offset, fence.Count, fence.Fence, fence.Earlier));
        return new BlockFenceReply(result.Status, (ulong)result.Value);
    }

    /// <summary>Opens a session; zero where there is no such segment.</summary>
    internal async ValueTask<ulong> OpenSessionAsync(SegmentId id)
    {
        if (_factory.TryGet(id) is not { } segment) return 0;
        OperationResult result = await segment.ExecuteAsync(Operation.Plain(OperationKind.OpenSession));
        return result.Status switch
        {
            OperationStatus.Ok => (ulong)result.Value,
            OperationStatus.Busy => throw PoolErrors.For(OperationStatus.Busy, segment.Pool, Id, default),
            _ => 0,
        };
    }

    /// <summary>Reads blocks for somebody elsewhere, whose rights are checked.</summary>
    internal async ValueTask<ReadReply> ReadAsync(BlockRead[] reads)
    {
        using Activity? activity = PoolTelemetry.Start("node read");
        Interlocked.Add(ref _operations, reads.Length);
        for (int tries = 0; ; tries++)
        {
            ReadReply reply = NodeReader.Read(_factory, _clock, reads, out bool isRefused);
            if (isRefused && await IsRefusedInVainAsync(reads, reply) && tries < MovesMax) continue;
            Interlocked.Add(ref _bytesMoved, reply.Bytes.Length);
            return reply;
        }
    }

    /// <summary>Finds out from the segments why the lock-free path refused: it knows only that something moved.</summary>
    /// <returns>Whether a read should be tried again: its right is good, so that it was the segment that moved.</returns>
    private async ValueTask<bool> IsRefusedInVainAsync(BlockRead[] reads, ReadReply reply)
    {
        bool isInVain = false;
        for (int i = 0; i < reads.Length; i++)
        {
            if (reply.Blocks[i].Status != OperationStatus.Fenced || _factory.TryGet(reads[i].Segment) is not { } segment) continue;
            OperationResult why = await segment.ExecuteAsync(Operation.OnLease(OperationKind.Inspect, reads[i].Key));
            if (why.Status is OperationStatus.Expired or OperationStatus.Lost) reply.Blocks[i] = new BlockReadReply(why.Status, 0);
            isInVain |= why.Status == OperationStatus.Ok;
        }

        return isInVain;
    }

    /// <summary>Changes blocks, in order; of a lease of which one is refused, the rest is not tried.</summary>
    internal async ValueTask<BlockWriteReply[]> WriteAsync(BlockWrite[] writes, ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length > INodePoolGrain.CallBytesMax)
        {
            throw new ArgumentOutOfRangeException(
                nameof(bytes), bytes.Length, $"One call writes at most {INodePoolGrain.CallBytesMax} bytes. Cut the writes into several calls.");
        }

        var replies = new BlockWriteReply[writes.Length];
        await WriteAsync(writes, bytes, replies);
        return replies;
    }

    /// <summary>Changes a block for somebody elsewhere.</summary>
    internal ValueTask<BlockWriteReply> WriteAsync(in BlockWrite write, ReadOnlyMemory<byte> bytes)
    {
        Interlocked.Increment(ref _operations);
        Interlocked.Add(ref _bytesMoved, bytes.Length);
        return _factory.TryGet(write.Segment) is { } segment
            ? segment.WriteAsync(write, bytes)
            : new ValueTask<BlockWriteReply>(new BlockWriteReply(OperationStatus.NoSegment, 0, 0));
    }

    /// <summary>Reads a block for somebody elsewhere, into that one's memory.</summary>
    /// <returns>False where the lock-free path refuses: why takes asking the segment, see <see cref="ReadAsync"/>.</returns>
    internal bool TryRead(in BlockRead read, Span<byte> destination, out BlockReadReply reply)
    {
        Interlocked.Increment(ref _operations);
        reply = NodeReader.ReadOne(_factory, _clock, read, destination);
        if (reply.Status == OperationStatus.Fenced) return false;
        Interlocked.Add(ref _bytesMoved, destination.Length);
        return true;
    }

    /// <summary>Changes blocks, in order; of a lease of which one is refused, the rest is not tried.</summary>
    internal async ValueTask WriteAsync(ReadOnlyMemory<BlockWrite> batch, ReadOnlyMemory<byte> bytes, Memory<BlockWriteReply> answers)
    {
        using Activity? activity = PoolTelemetry.Start("node write");
        answers.Span.Fill(new BlockWriteReply(OperationStatus.Busy, 0, 0));
        HashSet<(SegmentId, LeaseKey)>? refused = null;
        int at = 0;
        for (int i = 0; i < batch.Length; i++)
        {
            BlockWrite write = batch.Span[i];
            int count = write.Kind == BlockWriteKind.Write ? write.Count : 0;
            if (count < 0 || count > bytes.Length - at)
            {
                answers.Span[i] = new BlockWriteReply(OperationStatus.OutOfBounds, 0, 0);
                break;
            }

            ReadOnlyMemory<byte> written = bytes.Slice(at, count);
            at += count;
            if (refused is not null && refused.Contains((write.Segment, write.Key))) continue;
            BlockWriteReply reply = _factory.TryGet(write.Segment) is { } segment
                ? await segment.WriteAsync(write, written)
                : new BlockWriteReply(OperationStatus.NoSegment, 0, 0);
            answers.Span[i] = reply;
            if (reply.Status is OperationStatus.Ok or OperationStatus.Mismatch) continue;
            (refused ??= []).Add((write.Segment, write.Key));
        }

        Interlocked.Add(ref _operations, batch.Length);
        Interlocked.Add(ref _bytesMoved, at);
    }

    /// <inheritdoc/>
    public async ValueTask<BlockReservation> ReserveAsync(int blocks, ReservationOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (TryReserve(blocks, options) is { } made) return made;

        // Pools sit on empty segments for a while; memory in them is as free as any.
        if (await _pools.MakeRoomAsync() && TryReserve(blocks, options) is { } later) return later;
        throw ReservationErrors.Exhausted(blocks, options, _arena.FreeBytes, "Raise the node's capacity.");
    }

    private Reservation? TryReserve(int blocks, ReservationOptions options)
    {
        long bytes = (long)blocks * options.BlockBytes;
        Interlocked.Add(ref _reservedBytes, bytes);
        Reservation? made = null;
        if (Reservation.TryMake(_arena, options.BlockBytes, blocks, options.Owner, out made, Released))
        {
            _reservations[made] = true;
            return made;
        }

        Interlocked.Add(ref _reservedBytes, -bytes);
        return null;

        void Released()
        {
            Interlocked.Add(ref _reservedBytes, -bytes);
            _pools.OnFreed();
            if (!_reservations.TryRemove(made!, out _)) return;
            Interlocked.Add(ref _returnedBlocks, made!.ReturnCount);
        }
    }

    /// <summary>What the node holds.</summary>
    public NodeReport Describe()
    {
        CacheReport? cache = Cache?.Describe();
        return new NodeReport(
            Id, Name, CapacityBytes, _factory.BookBytes, _arena.FreeBytes, Interlocked.Read(ref _reservedBytes),
            cache?.CapacityBytes ?? 0, cache?.Bytes ?? 0, _pools.Describe())
        {
            SpillCapacityBytes = _factory.SpillBytes,
            DataPort = DataListener is { } listener ? Describe(listener) : null,
        };
    }

    private static DataPortReport Describe(DataListener listener) => new(
        listener.Endpoint.ToString(), listener.ConnectionCount, listener.Counters.AdmittedCount,
        Enum.GetValues<RefusalReason>().Sum(listener.Counters.RefusedCount));

    /// <summary>How much the node has done since it started.</summary>
    internal (long Operations, long Bytes, long BytesFree) ReadActivity()
    {
        (long reads, long bytesRead) = Counters?.Reads.Read() ?? default;
        (long writes, long bytesWritten) = Counters?.Writes.Read() ?? default;
        return (
            Interlocked.Read(ref _operations) + reads + writes, Interlocked.Read(ref _bytesMoved) + bytesRead + bytesWritten,
            BytesFree);
    }

    private long BytesFree => _arena.FreeBytes + _pools.SegmentBytesFree;

    /// <summary>The leases that regions keep on this node.</summary>
    internal async ValueTask<List<(string Region, LeaseExtent Extent)>> ListKeptAsync()
    {
        List<(string, LeaseExtent)> kept = [];
        foreach (NodeSegment segment in _factory.Segments)
        {
            if (segment.Segment.KeptCount == 0) continue;
            OperationResult result = await segment.ExecuteAsync(Operation.Plain(OperationKind.ListKept));
            foreach (KeptLease lease in result.Kept ?? [])
            {
                kept.Add((lease.Region, new LeaseExtent(Id, segment.Segment.Id, lease.Key, lease.BlockCount)));
            }
        }

        return kept;
    }

    /// <summary>The node's leases that stand out. Each segment is walked in bounded steps, between other operations.</summary>
    internal Task<LeaseInfo[]> ListLeasesAsync(LeaseQuery query) => LeaseListing.ReadAsync(this, _factory.Segments, query);

    /// <summary>Ends the node's timers. Its memory stays mapped for as long as the process lives: see <see cref="Arena"/>.</summary>
    public void Dispose()
    {
        _changes?.Dispose();
        _pools.Dispose();
        foreach (NodeSegment segment in _factory.Segments) segment.Dispose();
    }

    private OpenExtent Extent(NodeSegment segment, in LeaseView lease) => new(
        new LeaseExtent(Id, segment.Segment.Id, lease.Key, lease.BlockCount), lease.ReadOnlyId, lease.Duration, lease.Runs);

    private bool TryFind(in LeaseExtent extent, [NotNullWhen(true)] out NodeSegment? segment, out OperationStatus status)
    {
        segment = extent.Home.Incarnation == Id.Incarnation ? _factory.TryGet(extent.Segment) : null;
        status = extent.Home.Incarnation == Id.Incarnation ? OperationStatus.NoSegment : OperationStatus.WrongIncarnation;
        return segment is not null;
    }

    private BlockCache? MakeCache(long bytes)
    {
        bytes -= bytes % Arena.PageBytes;
        return bytes > 0 && _arena.TryCarve(bytes, "block cache", out ArenaSlice? slice)
            ? new BlockCache(slice, new BlockCacheOptions { CapacityBytes = bytes })
            : null;
    }

    private void OnFaulted(NodeSegment segment, SegmentFaultException fault)
    {
        LogFault(segment.Segment.Id, segment.Pool, segment.Segment.LeaseCount, fault);
        _pools.Abandon(segment);
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "Segment {Segment} of pool '{Pool}' stopped serving with {Leases} leases, whose memory is lost: its state was found broken")]
    private partial void LogFault(SegmentId segment, string pool, int leases, SegmentFaultException fault);
}
