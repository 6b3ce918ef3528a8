using System.Buffers.Binary;
using System.Text;

namespace OrleansPool.Core.Wire;

/// <summary>
/// Reads fields that somebody else wrote. Nothing that they say is trusted: what would lie past the end, or is longer than the caller
/// allows, makes the reader <see cref="IsBroken"/> for good, and reads as zero from there on. The caller looks once, after the last field.
/// </summary>
/// <remarks>Public for the other assemblies of OrleansPool only: it may change in any version.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public ref struct FieldReader(ReadOnlySpan<byte> fields)
{
    private ReadOnlySpan<byte> _rest = fields;

    /// <summary>Whether something was read that was not there.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether all is read: fields of a later version may not be there.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>What is not read yet.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>One byte.</summary>
    public byte Byte() => Take(1) is { IsEmpty: false } taken ? taken[0] : (byte)0;

    /// <summary>16 bits.</summary>
    public ushort UInt16() => Take(sizeof(ushort)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt16LittleEndian(taken) : (ushort)0;

    /// <summary>32 bits.</summary>
    public int Int32() => Take(sizeof(int)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadInt32LittleEndian(taken) : 0;

    /// <summary>64 bits.</summary>
    public long Int64() => (long)UInt64();

    /// <summary>64 bits.</summary>
    public ulong UInt64() => Take(sizeof(ulong)) is { IsEmpty: false } taken ? BinaryPrimitives.ReadUInt64LittleEndian(taken) : 0;

    /// <summary>128 bits.</summary>
    public UInt128 UInt128()
    {
        ulong lower = UInt64();
        return new UInt128(UInt64(), lower);
    }

    /// <summary>Bytes whose number both ends know.</summary>
    public ReadOnlySpan<byte> Raw(int count) => Take(count);

    /// <summary>Bytes after their number.</summary>
    public ReadOnlySpan<byte> Bytes(int countMax)
    {
        int count = Int32();
        if ((uint)count <= (uint)countMax) return Take(count);
        Break();
        return default;
    }

    /// <summary>How many items follow, each of which takes at least some bytes: so a number alone never makes the reader allocate.</summary>
    public int Count(int countMax, int itemBytesMin)
    {
        int count = Int32();
        if ((uint)count <= (uint)countMax && (long)count * itemBytesMin <= _rest.Length) return count;
        Break();
        return 0;
    }

    /// <summary>A text.</summary>
    public string Text(int byteCountMax)
    {
        int count = UInt16();
        if (count > byteCountMax) Break();
        ReadOnlySpan<byte> bytes = Take(count);
        if (bytes.IsEmpty) return "";
        if (System.Text.Unicode.Utf8.IsValid(bytes)) return Encoding.UTF8.GetString(bytes);
        Break();
        return "";
    }

    /// <summary>What was read makes no sense to the caller.</summary>
    public void Break()
    {
        IsBroken = true;
        _rest = default;
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)_rest.Length)
        {
            Break();
            return default;
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }
}
