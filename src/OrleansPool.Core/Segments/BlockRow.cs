using System.Runtime.InteropServices;

namespace OrleansPool.Core.Segments;

/// <summary>
/// What a segment knows of one block, 24 bytes:
/// <code>
/// version     = sequence of the last committed change * 2 + (1 while it is being copied in)    the seqlock
/// generation  = sequence of the ALLOC, TRANSFER, FREE or EXPIRE that last changed its holder   the fence
/// links       = head (21 bits) | next (21 bits) | flags (6 bits) | owner label (16 bits)
/// </code>
/// Sequence numbers are never reused, so a generation names one holding of one lease: a reader that finds its own generation
/// after copying has read its own lease.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = ByteCount)]
internal struct BlockRow
{
    public const int ByteCount = 24;

    /// <summary>Ends a chain of blocks; also one more than the highest index.</summary>
    public const int None = (1 << LinkBits) - 1;

    /// <summary>Bits that hold a block index or <see cref="None"/>.</summary>
    public const int LinkBits = 21;

    private const int FlagBits = 6;
    private const int NextShift = LinkBits;
    private const int FlagShift = 2 * LinkBits;
    private const int LabelShift = FlagShift + FlagBits;
    private const ulong LinkMask = (1UL << LinkBits) - 1;
    private const ulong FlagMask = (1UL << FlagBits) - 1;

    [FieldOffset(0)]
    public ulong Version;

    [FieldOffset(8)]
    public ulong Generation;

    [FieldOffset(16)]
    private ulong _links;

    /// <summary>The first block of the lease that holds this one.</summary>
    public int Head
    {
        readonly get => (int)(_links & LinkMask);
        set => _links = (_links & ~LinkMask) | (uint)value;
    }

    /// <summary>The next block of the lease, or <see cref="None"/>.</summary>
    public int Next
    {
        readonly get => (int)((_links >> NextShift) & LinkMask);
        set => _links = (_links & ~(LinkMask << NextShift)) | ((ulong)(uint)value << NextShift);
    }

    public BlockFlags Flags
    {
        readonly get => (BlockFlags)((_links >> FlagShift) & FlagMask);
        set => _links = (_links & ~(FlagMask << FlagShift)) | ((ulong)value << FlagShift);
    }

    /// <summary>Index of the owner label, on the head of a lease.</summary>
    public ushort Label
    {
        readonly get => (ushort)(_links >> LabelShift);
        set => _links = (_links & ((1UL << LabelShift) - 1)) | ((ulong)value << LabelShift);
    }
}
