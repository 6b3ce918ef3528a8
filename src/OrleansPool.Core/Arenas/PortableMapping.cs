using System.Runtime.InteropServices;

namespace OrleansPool.Core.Arenas;

/// <summary>Memory from the C runtime, for systems other than Linux. Untested there: no guard pages, no huge pages.</summary>
internal sealed unsafe class PortableMapping : MemoryMapping
{
    public PortableMapping(long bytes)
        : base(bytes)
    {
        Address = (byte*)NativeMemory.AlignedAlloc(checked((nuint)bytes), (nuint)AlignmentBytes);
        NativeMemory.Clear(Address, (nuint)bytes);
    }

    // Clearing has touched every page.
    public override void Prefault(int threadCount)
    {
    }

    public override void Open(long offset, long bytes)
    {
    }

    public override void Close(long offset, long bytes) => NativeMemory.Clear(Address + offset, (nuint)bytes);

    public override void Unmap() => NativeMemory.AlignedFree(Address);
}
