using System.Buffers.Binary;
using System.Text;

namespace OrleansPool.Core.Segments;

/// <summary>Reads what <see cref="SnapshotWriter"/> wrote.</summary>
internal sealed class SnapshotReader(ReadOnlyMemory<byte> bytes)
{
    private int _at;

    public bool IsAtEnd => _at == bytes.Length;

    public long ReadInt64()
    {
        long value = BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[_at..]);
        _at += sizeof(long);
        return value;
    }

    public ulong ReadUInt64() => (ulong)ReadInt64();

    public UInt128 ReadUInt128()
    {
        ulong low = ReadUInt64();
        return new UInt128(ReadUInt64(), low);
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        int count = checked((int)ReadInt64());
        ReadOnlySpan<byte> value = bytes.Span.Slice(_at, count);
        _at += count;
        return value;
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());
}
