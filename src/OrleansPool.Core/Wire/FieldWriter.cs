using System.Buffers.Binary;
using System.Text;

namespace OrleansPool.Core.Wire;

/// <summary>Writes fields one after the other, little-endian. The caller has made room: writing past the end is its mistake, and throws.</summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct FieldWriter(Span<byte> room)
{
    private readonly Span<byte> _room = room;

    /// <summary>How many bytes were written.</summary>
    public int Count { get; private set; }

    /// <summary>What is not written yet.</summary>
    public readonly Span<byte> Rest => _room[Count..];

    /// <summary>One byte.</summary>
    public void Byte(byte value) => _room[Count++] = value;

    /// <summary>16 bits.</summary>
    public void UInt16(ushort value)
    {
        BinaryPrimitives.WriteUInt16LittleEndian(_room[Count..], value);
        Count += sizeof(ushort);
    }

    /// <summary>32 bits.</summary>
    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_room[Count..], value);
        Count += sizeof(int);
    }

    /// <summary>64 bits.</summary>
    public void Int64(long value) => UInt64((ulong)value);

    /// <summary>64 bits.</summary>
    public void UInt64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(_room[Count..], value);
        Count += sizeof(ulong);
    }

    /// <summary>128 bits.</summary>
    public void UInt128(UInt128 value)
    {
        UInt64((ulong)value);
        UInt64((ulong)(value >> 64));
    }

    /// <summary>Bytes whose number both ends know.</summary>
    public void Raw(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_room[Count..]);
        Count += bytes.Length;
    }

    /// <summary>Bytes after their number, which takes 32 bits.</summary>
    public void Bytes(ReadOnlySpan<byte> bytes)
    {
        Int32(bytes.Length);
        Raw(bytes);
    }

    /// <summary>A text in UTF-8 after the number of its bytes, which takes 16 bits.</summary>
    public void Text(string text)
    {
        int count = Encoding.UTF8.GetBytes(text, _room[(Count + sizeof(ushort))..]);
        UInt16(checked((ushort)count));
        Count += count;
    }

    /// <summary>Counts in what was written into <see cref="Rest"/>.</summary>
    public void Advance(int count)
    {
        _ = _room.Slice(Count, count);
        Count += count;
    }
}
