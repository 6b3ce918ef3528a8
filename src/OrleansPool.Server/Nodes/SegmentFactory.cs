using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using OrleansPool.Core.Arenas;
using OrleansPool.Core.Segments;
using OrleansPool.Server.Telemetry;

namespace OrleansPool.Server.Nodes;

/// <summary>Makes the segments of a node out of its memory or its spill file, finds them by id, moves them, and takes them back.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class SegmentFactory
{
    private const int IndexBits = 20;

    private readonly Arena _memory;
    private readonly Arena? _spill;
    private readonly HostClock _clock;
    private readonly LocalCounters? _counters;
    private readonly ulong _idRange;
    private readonly ConcurrentDictionary<SegmentId, NodeSegment> _segments = new();
    private readonly Action<NodeSegment, SegmentFaultException> _faulted;
    private int _made;
    private long _bookBytes;

    public SegmentFactory(
        Arena memory, Arena? spill, HostClock clock, NodeIncarnation incarnation, LocalCounters? counters,
        Action<NodeSegment, SegmentFaultException> faulted)
    {
        _memory = memory;
        _spill = spill;
        _faulted = faulted;
        _clock = clock;
        _counters = counters;

        // Ids of one node's segments share a random range; 44 bits of it make a collision within a cluster's life negligible.
        _idRange = (ulong)(incarnation.Value >> IndexBits) << IndexBits;
    }

    /// <summary>Bytes of metadata and operation logs, those of spilled segments included.</summary>
    public long BookBytes => Interlocked.Read(ref _bookBytes);

    /// <summary>Size of the spill file; 0 where there is none.</summary>
    public long SpillBytes => _spill?.CapacityBytes ?? 0;

    public ICollection<NodeSegment> Segments => _segments.Values;

    public NodeSegment? TryGet(SegmentId id) => _segments.GetValueOrDefault(id);

    /// <summary>Makes a segment, if there is room.</summary>
    public NodeSegment? TryMake(string pool, SegmentGeometry geometry, bool inSpill, Action<EndedLease> ended)
    {
        if ((inSpill ? _spill : _memory) is not { } arena || !TryCarve(arena, geometry, pool, out ArenaSlice? frames, out ArenaSlice? book)) return null;
        var id = new SegmentId(_idRange | (uint)Interlocked.Increment(ref _made));
        Span<byte> secret = stackalloc byte[16];
        RandomNumberGenerator.Fill(secret);
        var segment = new NodeSegment(
            id, pool, geometry, frames, book, BinaryPrimitives.ReadUInt128LittleEndian(secret), _clock, _counters, ended, _faulted);
        Interlocked.Add(ref _bookBytes, book.Bytes);
        _segments[id] = segment;
        return segment;
    }

    /// <summary>Moves a segment from the spill file into memory.</summary>
    /// <returns>False when memory has no room for it, or the segment is busy now.</returns>
    public bool TryMoveToMemory(string pool, NodeSegment segment)
    {
        if (!TryCarve(_memory, segment.Segment.Geometry, pool, out ArenaSlice? frames, out ArenaSlice? book)) return false;
        ArenaSlice oldFrames = segment.Segment.Frames;
        ArenaSlice oldBook = segment.Segment.Book;
        bool isMoved = segment.Executor.TryMove(frames, book);
        GiveBack(isMoved ? oldFrames : frames);
        GiveBack(isMoved ? oldBook : book);
        return isMoved;
    }

    /// <summary>Takes a closed segment's memory back.</summary>
    public void Retire(NodeSegment segment)
    {
        _segments.TryRemove(segment.Segment.Id, out _);
        segment.Dispose();
        Interlocked.Add(ref _bookBytes, -segment.Segment.Book.Bytes);
        GiveBack(segment.Segment.Frames);
        GiveBack(segment.Segment.Book);
    }

    /// <summary>How many blocks the unassigned memory would make, if it is not fragmented.</summary>
    public long BlocksThatFit(int blockBytes) => SegmentSizes.BlocksThatFit(_memory.FreeBytes, blockBytes);

    /// <summary>How many blocks the whole node would make.</summary>
    public long BlocksOfNode(int blockBytes) => SegmentSizes.BlocksThatFit(_memory.CapacityBytes, blockBytes);

    private static void GiveBack(ArenaSlice slice) => slice.Arena.GiveBack(slice);

    private static bool TryCarve(
        Arena arena, SegmentGeometry geometry, string pool, [NotNullWhen(true)] out ArenaSlice? frames, [NotNullWhen(true)] out ArenaSlice? book)
    {
        string owner = $"pool '{pool}'";
        book = null;
        if (!arena.TryCarve(BlockFrames.BytesFor(geometry.BlockBytes, geometry.BlockCount, arena.IsDiagnostic), owner, out frames)) return false;
        if (arena.TryCarve(geometry.BookBytes, owner, out book)) return true;
        arena.GiveBack(frames);
        return false;
    }
}
