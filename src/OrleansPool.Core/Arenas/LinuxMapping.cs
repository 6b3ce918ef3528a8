using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Anonymous private memory from <c>mmap</c>, in transparent huge pages where the kernel offers them.</summary>
internal sealed unsafe partial class LinuxMapping : MemoryMapping
{
    private const int ProtectNone = 0, ProtectReadWrite = 1 | 2;
    private const int MapPrivateAnonymous = 0x02 | 0x20, MapNoReserve = 0x4000;
    private const int AdviseDontNeed = 4, AdviseHugePage = 14, AdvisePopulateWrite = 23;
    private const int ErrorInterrupted = 4, ErrorAgain = 11, ErrorInvalid = 22;

    // A unit of work of a prefaulting thread: large enough to hide the system call, small enough to share the work evenly.
    private const long PrefaultStepBytes = 32 << 20;
    private const int PrefaultAttemptsMax = 100;

    private long _prefaultNext;
    private PoolConfigurationException? _prefaultError;

    public LinuxMapping(long bytes, bool accessible)
        : base(bytes)
    {
        nuint length = checked((nuint)(bytes + AlignmentBytes));
        byte* found = Map(null, length, accessible ? ProtectReadWrite : ProtectNone,
            MapPrivateAnonymous | (accessible ? 0 : MapNoReserve), -1, 0);
        if ((nint)found == -1)
            throw Refused("mmap", bytes, Marshal.GetLastPInvokeError());
        byte* aligned = (byte*)(((nuint)found + (nuint)AlignmentBytes - 1) & ~((nuint)AlignmentBytes - 1));
        byte* end = aligned + RoundToPages(bytes);
        if (aligned > found)
            _ = Unmap(found, (nuint)(aligned - found));
        if (found + length > end)
            _ = Unmap(end, (nuint)(found + length - end));
        Address = aligned;
        if (accessible)
            _ = Advise(Address, (nuint)bytes, AdviseHugePage); // a kernel without them refuses, and small pages do
    }

    public override void Prefault(int threadCount)
    {
        _prefaultNext = 0;
        Thread[] others = new Thread[threadCount - 1];
        for (int i = 0; i < others.Length; i++)
        {
            others[i] = new Thread(PrefaultSteps) { IsBackground = true, Name = "arena prefault" };
            others[i].Start();
        }
        PrefaultSteps();
        foreach (Thread other in others)
            other.Join();
        if (_prefaultError is { } error)
            throw error;
    }

    public override void Open(long offset, long bytes) => Protect(offset, bytes, ProtectReadWrite);

    public override void Close(long offset, long bytes)
    {
        if (Advise(Address + offset, (nuint)bytes, AdviseDontNeed) != 0)
            throw Refused("madvise", bytes, Marshal.GetLastPInvokeError());
        Protect(offset, bytes, ProtectNone);
    }

    public override void Unmap() => _ = Unmap(Address, (nuint)RoundToPages(Bytes));

    private void PrefaultSteps()
    {
        while (Volatile.Read(ref _prefaultError) is null)
        {
            long offset = Interlocked.Add(ref _prefaultNext, PrefaultStepBytes) - PrefaultStepBytes;
            if (offset >= Bytes)
                return;
            long bytes = Math.Min(PrefaultStepBytes, Bytes - offset);
            int error = Populate(Address + offset, bytes);
            if (error == ErrorInvalid)
                Touch(Address + offset, bytes); // kernels before 5.14 do not know the advice
            else if (error != 0)
                _prefaultError = Refused("madvise(MADV_POPULATE_WRITE)", Bytes, error);
        }
    }

    private static int Populate(byte* address, long bytes)
    {
        int error = 0;
        for (int attempt = 0; attempt < PrefaultAttemptsMax; attempt++)
        {
            if (Advise(address, (nuint)bytes, AdvisePopulateWrite) == 0)
                return 0;
            error = Marshal.GetLastPInvokeError();
            if (error is not (ErrorInterrupted or ErrorAgain))
                break;
        }
        return error;
    }

    private static void Touch(byte* address, long bytes)
    {
        for (long at = 0; at < bytes; at += Environment.SystemPageSize)
            Volatile.Write(ref address[at], 0);
    }

    private void Protect(long offset, long bytes, int protection)
    {
        if (Protect(Address + offset, (nuint)bytes, protection) != 0)
            throw Refused("mprotect", bytes, Marshal.GetLastPInvokeError());
    }

    private static long RoundToPages(long bytes) =>
        (bytes + Environment.SystemPageSize - 1) / Environment.SystemPageSize * Environment.SystemPageSize;

    private static PoolConfigurationException Refused(string call, long bytes, int error) => new(
        $"The system refused {bytes} B of memory ({call}: {Marshal.GetPInvokeErrorMessage(error)}). Lower the capacity, or give the machine or its control group more.");

    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    private static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "madvise", SetLastError = true)]
    private static partial int Advise(void* address, nuint length, int advice);

    [LibraryImport("libc", EntryPoint = "mprotect", SetLastError = true)]
    private static partial int Protect(void* address, nuint length, int protection);
}
