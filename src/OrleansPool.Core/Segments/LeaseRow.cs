using System.Runtime.InteropServices;

namespace OrleansPool.Core.Segments;

/// <summary>What a segment knows of one lease, 20 bytes, at the index of the lease's first block.</summary>
/// <remarks>The lease id is not here: it is derived from generation and rights, see <see cref="LeaseSecret"/>.</remarks>
[StructLayout(LayoutKind.Sequential, Pack = 4, Size = ByteCount)]
internal struct LeaseRow
{
    public const int ByteCount = 20;

    /// <summary>When it runs out unless renewed; never, for a kept one.</summary>
    public Tick ExpiresAt;

    /// <summary>How long it lives after a renewal, in milliseconds.</summary>
    public uint DurationMilliseconds;

    /// <summary>When it was taken, in seconds since the segment was made.</summary>
    public uint TakenAtSeconds;

    /// <summary>How many blocks it has.</summary>
    public int BlockCount;
}
