using System.Buffers.Binary;

namespace OrleansPool.Core.Wire;

/// <summary>
/// The 24 bytes with which every frame begins. All numbers are little-endian.
/// <code>
///  0  length       4   of the whole frame, these 24 bytes included
///  4  type         1
///  5  options      1
///  6  fields       2   length of the type's fields, which follow the header; the payload is the rest
///  8  correlation  8   repeated by the answer; answers come in any order
/// 16  epoch        8   of the segment's row that the sender knows; 0 where none is meant
/// </code>
/// A later version may append fields to a type: who does not know them passes over them by their length, and who does not find them
/// takes their default. So two that are one version apart understand each other.
/// </summary>
/// <param name="Length">Of the whole frame.</param>
/// <param name="Type">What it is; may be a type that this version does not know.</param>
/// <param name="Options">What holds for any type.</param>
/// <param name="FieldsLength">How many bytes of fields follow the header.</param>
/// <param name="Correlation">Which request it is, or answers.</param>
/// <param name="Epoch">The epoch that the sender knows.</param>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct FrameHeader(
    int Length, FrameType Type, FrameOptions Options, int FieldsLength, ulong Correlation, ulong Epoch)
{
    /// <summary>Length of a header.</summary>
    public const int Size = 24;

    /// <summary>Longest frame of the protocol: the largest block and some fields. Receivers may allow less.</summary>
    public const int FrameBytesMax = (1 << 20) + (64 << 10);

    /// <summary>Length of what follows the fields.</summary>
    public int PayloadLength => Length - Size - FieldsLength;

    /// <summary>Reads the header with which some bytes begin.</summary>
    /// <param name="bytes">What was received and not taken yet.</param>
    /// <param name="frameBytesMax">Longest frame that the receiver allows.</param>
    /// <param name="header">The header, unless the status is <see cref="FrameStatus.Incomplete"/>.</param>
    public static FrameStatus TryRead(ReadOnlySpan<byte> bytes, int frameBytesMax, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < Size) return FrameStatus.Incomplete;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        int fieldsLength = BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..]);
        if (length < (uint)(Size + fieldsLength) || length > int.MaxValue) return FrameStatus.Malformed;
        header = new FrameHeader(
            (int)length, (FrameType)bytes[4], (FrameOptions)bytes[5], fieldsLength, BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[16..]));
        return length > (uint)frameBytesMax ? FrameStatus.TooLong : FrameStatus.Ok;
    }

    /// <summary>Writes the header into the first bytes of a frame.</summary>
    public void Write(Span<byte> frame)
    {
        BinaryPrimitives.WriteInt32LittleEndian(frame, Length);
        frame[4] = (byte)Type;
        frame[5] = (byte)Options;
        BinaryPrimitives.WriteUInt16LittleEndian(frame[6..], checked((ushort)FieldsLength));
        BinaryPrimitives.WriteUInt64LittleEndian(frame[8..], Correlation);
        BinaryPrimitives.WriteUInt64LittleEndian(frame[16..], Epoch);
    }
}
