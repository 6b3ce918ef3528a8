using System.Collections.Concurrent;
using System.Security.Cryptography;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Server.Telemetry;

namespace OrleansPool.Server.Nodes;

/// <summary>Makes the segments of a node out of its arena, finds them by id, and takes them back.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SegmentFactory
{
    private const int IndexBits = 20;

    private readonly Arena _arena;
    private readonly HostClock _clock;
    private readonly LocalCounters? _counters;
    private readonly ulong _idRange;
    private readonly ConcurrentDictionary<SegmentId, NodeSegment> _segments = new();
    private readonly Action<NodeSegment, SegmentFaultException> _faulted;
    private int _made;
    private long _bookBytes;

    public SegmentFactory(
        Arena arena, HostClock clock, NodeIncarnation incarnation, LocalCounters? counters, Action<NodeSegment, SegmentFaultException> faulted)
    {
        _arena = arena;
        _faulted = faulted;
        _clock = clock;
        _counters = counters;

        // Ids of one node's segments share a random range; 44 bits of it make a collision within a cluster's life negligible.
        _idRange = (ulong)(incarnation.Value >> IndexBits) << IndexBits;
    }

    /// <summary>Bytes of metadata and operation logs.</summary>
    public long BookBytes => Interlocked.Read(ref _bookBytes);

    public ICollection<NodeSegment> Segments => _segments.Values;

    public NodeSegment? TryGet(SegmentId id) => _segments.GetValueOrDefault(id);

    public NodeSegment? TryMake(string pool, SegmentGeometry geometry)
    {
        long frameBytes = BlockFrames.BytesFor(geometry.BlockBytes, geometry.BlockCount, _arena.IsDiagnostic);
        string owner = $"pool '{pool}'";
        if (!_arena.TryCarve(frameBytes, owner, out ArenaSlice? frames)) return null;
        if (!_arena.TryCarve(geometry.BookBytes, owner, out ArenaSlice? book))
        {
            _arena.GiveBack(frames);
            return null;
        }

        var id = new SegmentId(_idRange | (uint)Interlocked.Increment(ref _made));
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        var segment = new NodeSegment(
            id, pool, geometry, frames, book, System.Buffers.Binary.BinaryPrimitives.ReadUInt128LittleEndian(secret), _clock, _counters, _faulted);
        Interlocked.Add(ref _bookBytes, book.Bytes);
        _segments[id] = segment;
        return segment;
    }

    /// <summary>Takes a closed segment's memory back.</summary>
    public void Retire(NodeSegment segment)
    {
        _segments.TryRemove(segment.Segment.Id, out _);
        segment.Dispose();
        Interlocked.Add(ref _bookBytes, -segment.Book.Bytes);
        _arena.GiveBack(segment.Frames);
        _arena.GiveBack(segment.Book);
    }

    /// <summary>How many blocks the unassigned memory would make, if it is not fragmented.</summary>
    public long BlocksThatFit(int blockBytes) => SegmentSizes.BlocksThatFit(_arena.FreeBytes, blockBytes);

    /// <summary>How many blocks the whole node would make.</summary>
    public long BlocksOfNode(int blockBytes) => SegmentSizes.BlocksThatFit(_arena.CapacityBytes, blockBytes);
}
