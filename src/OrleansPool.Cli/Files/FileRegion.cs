using System.Buffers.Binary;

namespace OrleansPool.Cli.Files;

/// <summary>
/// How a file lies in a region: 16 bytes of header, then its bytes. The header is written last, so a region whose writer was
/// stopped halfway is told from a whole file.
/// <code>magic "OPLFILE1" | length i64, little-endian | bytes</code>
/// </summary>
internal static class FileRegion
{
    public const int HeaderBytes = 16;

    private static ReadOnlySpan<byte> Magic => "OPLFILE1"u8;

    public static byte[] Header(long length)
    {
        byte[] header = new byte[HeaderBytes];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(Magic.Length), length);
        return header;
    }

    /// <summary>The length of the file in a region.</summary>
    /// <exception cref="InvalidDataException">The region holds no file, or only a part of one.</exception>
    public static async Task<long> ReadLengthAsync(MemoryRegion region, CancellationToken cancellationToken)
    {
        byte[] header = new byte[HeaderBytes];
        int read = await region.ReadAsync(0, header, cancellationToken);
        if (read < HeaderBytes || !header.AsSpan().StartsWith(Magic))
        {
            throw new InvalidDataException(
                $"Region '{region.Name}' does not hold a whole file: it was not made by 'put', or 'put' was stopped halfway. Remove it with 'rm' and put the file again.");
        }

        long length = BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(Magic.Length));
        return length >= 0 && length <= region.Length - HeaderBytes
            ? length
            : throw new InvalidDataException($"Region '{region.Name}' says that it holds {length} bytes of file, and has room for {region.Length - HeaderBytes}.");
    }
}
