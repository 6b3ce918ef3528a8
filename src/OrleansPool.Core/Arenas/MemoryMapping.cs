namespace OrleansPool.Core.Arenas;

/// <summary>A stretch of address space from the operating system.</summary>
internal abstract unsafe class MemoryMapping
{
    /// <summary>What huge pages are aligned to.</summary>
    public const long AlignmentBytes = 2 << 20;

    protected MemoryMapping(long bytes) => Bytes = bytes;

    /// <summary>Where it begins; a multiple of <see cref="AlignmentBytes"/>.</summary>
    public byte* Address { get; protected init; }

    /// <summary>How long it is.</summary>
    public long Bytes { get; }

    /// <summary>Maps memory that is readable, writable and zero.</summary>
    public static MemoryMapping Map(long bytes) =>
        OperatingSystem.IsLinux() ? new LinuxMapping(bytes, accessible: true) : new PortableMapping(bytes);

    /// <summary>Maps address space in which nothing may be touched before <see cref="Open"/>, where the system can; else as <see cref="Map"/>.</summary>
    public static MemoryMapping Reserve(long bytes) =>
        OperatingSystem.IsLinux() ? new LinuxMapping(bytes, accessible: false) : new PortableMapping(bytes);

    /// <summary>Makes every page resident.</summary>
    /// <exception cref="PoolConfigurationException">The system has too little memory.</exception>
    public abstract void Prefault(int threadCount);

    /// <summary>Makes a part accessible.</summary>
    public abstract void Open(long offset, long bytes);

    /// <summary>Makes a part inaccessible and drops its bytes; when opened again it is zero.</summary>
    public abstract void Close(long offset, long bytes);

    /// <summary>Gives the address space back. Nothing may use it afterwards.</summary>
    public abstract void Unmap();
}
