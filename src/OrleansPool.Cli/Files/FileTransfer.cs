using System.Security.Cryptography;

namespace OrleansPool.Cli.Files;

/// <summary>Moves files into regions and back, in chunks, several under way at once.</summary>
internal static class FileTransfer
{
    private const int ChunkBytes = 1 << 20;
    private const int ChunksAtOnceMax = 8;

    /// <summary>Stores a file as a region.</summary>
    /// <returns>Length and SHA-256 of the file.</returns>
    public static async Task<(long Bytes, string Sha256)> PutAsync(
        IMemoryFabric fabric, string path, string name, bool force, string pool, Action<long> done, CancellationToken cancellationToken)
    {
        PoolNames.ValidateRegion(name);
        await using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, useAsync: true);
        long length = file.Length;
        if (force) await fabric.DeleteRegionAsync(name, cancellationToken);
        else if (await ExistsAsync(fabric, name, cancellationToken)) throw new IOException($"There is a region named '{name}' already. Replace it with --force, or choose another name.");

        await using MemoryRegion region = await fabric.OpenRegionAsync(
            name, FileRegion.HeaderBytes + length, new RegionOptions { Pool = pool }, cancellationToken);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        List<Task> writes = [];
        long at = 0;
        try
        {
            while (true)
            {
                byte[] chunk = new byte[(int)Math.Min(ChunkBytes, Math.Max(1, length - at))];
                int read = await file.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken);
                if (read == 0) break;
                if (at + read > length) throw new IOException($"'{path}' grew while it was read. Put it again.");
                hash.AppendData(chunk, 0, read);
                await AddAsync(writes, WriteAsync(region, FileRegion.HeaderBytes + at, chunk.AsMemory(0, read), done, cancellationToken));
                at += read;
            }
        }
        finally
        {
            await Task.WhenAll(writes);
        }

        if (at != length) throw new IOException($"'{path}' shrank while it was read. Put it again.");
        await region.WriteAsync(0, FileRegion.Header(length), cancellationToken);
        return (length, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>Fetches a file: written beside its destination and moved there when it is whole.</summary>
    /// <returns>Length and SHA-256 of the file.</returns>
    public static async Task<(long Bytes, string Sha256)> GetAsync(
        IMemoryFabric fabric, string name, string path, Action<long> done, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path)) throw new IOException($"'{path}' is a folder: name the file to write.");
        await using MemoryRegion region = await fabric.OpenRegionAsync(name, cancellationToken: cancellationToken);
        long length = await FileRegion.ReadLengthAsync(region, cancellationToken);
        string partial = $"{path}.{Environment.ProcessId}.part";
        try
        {
            string sha256;
            await using (FileStream file = new(partial, FileMode.Create, FileAccess.Write, FileShare.None, 1, useAsync: true))
            {
                sha256 = await CopyAsync(region, length, file, done, cancellationToken);
            }

            File.Move(partial, path, overwrite: true);
            return (length, sha256);
        }
        catch
        {
            File.Delete(partial);
            throw;
        }
    }

    /// <summary>Whether there is a region of that name.</summary>
    public static async Task<bool> ExistsAsync(IMemoryFabric fabric, string name, CancellationToken cancellationToken)
    {
        try
        {
            await using MemoryRegion region = await fabric.OpenRegionAsync(name, cancellationToken: cancellationToken);
            return true;
        }
        catch (RegionNotFoundException)
        {
            return false;
        }
    }

    private static async Task<string> CopyAsync(
        MemoryRegion region, long length, Stream destination, Action<long> done, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Queue<Task<byte[]>> reads = new();
        long asked = 0;
        long written = 0;
        while (written < length)
        {
            while (asked < length && reads.Count < ChunksAtOnceMax)
            {
                int count = (int)Math.Min(ChunkBytes, length - asked);
                reads.Enqueue(ReadAsync(region, FileRegion.HeaderBytes + asked, count, cancellationToken));
                asked += count;
            }

            byte[] chunk = await reads.Dequeue();
            hash.AppendData(chunk);
            await destination.WriteAsync(chunk, cancellationToken);
            written += chunk.Length;
            done(chunk.Length);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static async Task<byte[]> ReadAsync(MemoryRegion region, long offset, int count, CancellationToken cancellationToken)
    {
        byte[] chunk = new byte[count];
        int read = await region.ReadAsync(offset, chunk, cancellationToken);
        return read == count ? chunk : throw new InvalidDataException($"Region '{region.Name}' was made shorter while it was read.");
    }

    private static async Task WriteAsync(
        MemoryRegion region, long offset, ReadOnlyMemory<byte> chunk, Action<long> done, CancellationToken cancellationToken)
    {
        await region.WriteAsync(offset, chunk, cancellationToken);
        done(chunk.Length);
    }

    private static async Task AddAsync(List<Task> writes, Task write)
    {
        writes.Add(write);
        if (writes.Count < ChunksAtOnceMax) return;
        Task ended = await Task.WhenAny(writes);
        writes.Remove(ended);
        await ended;
    }
}
