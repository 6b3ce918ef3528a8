using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>
/// Memory that a file stands behind, from <c>mmap</c>: the kernel writes it out when memory is short. The file has all of its
/// blocks from the start, so that a full disk is an error now and not a fault later, and loses its name at once, so that none is
/// left behind however the process ends.
/// </summary>
internal sealed unsafe partial class FileMapping : MemoryMapping
{
    private const int ProtectReadWrite = 1 | 2, MapShared = 0x01;

    private readonly void* _mapped;
    private readonly nuint _mappedBytes;

    private FileMapping(long bytes, void* mapped, nuint mappedBytes)
        : base(bytes)
    {
        _mapped = mapped;
        _mappedBytes = mappedBytes;
        Address = (byte*)(((nuint)mapped + (nuint)AlignmentBytes - 1) & ~((nuint)AlignmentBytes - 1));
    }

    public static FileMapping Create(string path, long bytes)
    {
        if (!OperatingSystem.IsLinux()) throw new PoolConfigurationException($"A spill file ('{path}') needs Linux.");
        if (Directory.Exists(path)) throw new PoolConfigurationException($"The spill file '{path}' is a directory: name a file that does not exist yet.");
        if (File.Exists(path))
        {
            throw new PoolConfigurationException(
                $"The spill file '{path}' exists already, and its contents may be somebody's: name a file that does not exist yet, or remove it.");
        }

        long length = checked(bytes + AlignmentBytes);
        try
        {
            using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.ReadWrite);
            try
            {
                return Map((int)file.DangerousGetHandle(), path, bytes, length);
            }
            finally
            {
                File.Delete(path);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new PoolConfigurationException(
                $"The spill file '{path}' cannot be made: {e.Message} It must be a new file in a directory that this process may write to.", innerException: e);
        }
    }

    // The kernel brings pages in as they are used; to touch them all now would take the memory that the file is to save.
    public override void Prefault(int threadCount)
    {
    }

    public override void Open(long offset, long bytes)
    {
    }

    public override void Close(long offset, long bytes) => NativeMemory.Clear(Address + offset, checked((nuint)bytes));

    public override void Unmap() => _ = Unmap(_mapped, _mappedBytes);

    private static FileMapping Map(int file, string path, long bytes, long length)
    {
        int error = Allocate(file, 0, length);
        if (error != 0)
        {
            throw new PoolConfigurationException(
                $"The spill file '{path}' cannot have {bytes} B (posix_fallocate: {Marshal.GetPInvokeErrorMessage(error)}). Lower the spill capacity, or give the disk more room.");
        }

        void* mapped = Map(null, checked((nuint)length), ProtectReadWrite, MapShared, file, 0);
        if ((nint)mapped != -1) return new FileMapping(bytes, mapped, (nuint)length);
        throw new PoolConfigurationException(
            $"The spill file '{path}' of {bytes} B cannot be mapped (mmap: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}).");
    }

    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    private static partial int Allocate(int file, long offset, long length);

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial void* Map(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);
}
