using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace OrleansPool.Core.Segments;

/// <summary>Writes numbers, texts and runs of bytes one after the other, little-endian.</summary>
internal sealed class SnapshotWriter(IBufferWriter<byte> bytes)
{
    public void Write(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(sizeof(long)), value);
        bytes.Advance(sizeof(long));
    }

    public void Write(ulong value) => Write((long)value);

    public void Write(UInt128 value)
    {
        Write((ulong)value);
        Write((ulong)(value >> 64));
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Write((long)value.Length);
        bytes.Write(value);
    }

    public void Write(string value) => Write(Encoding.UTF8.GetBytes(value).AsSpan());
}
