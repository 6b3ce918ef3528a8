using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace OrleansPool.Transport.Channels;

/// <summary>
/// Waits for many silent sockets on one thread, by Linux's epoll.
/// </summary>
/// <remarks>
/// <para>Why not the sockets' own asynchronous calls: the first of them has the runtime watch the socket for the rest of its life, and
/// from then on all that comes wakes a thread of the runtime and one of its pool, also where another thread receives already. That
/// made up half of the processor time of a read of 4 KiB. Here a socket is watched for one event, while somebody waits for it.</para>
/// <para>Thread-safe. The thread starts with the first wait and stays for as long as the process.</para>
/// </remarks>
internal sealed class Epoll
{
    private const int EventsAtOnceMax = 128;
    private const int CloseOnExec = 0x80000;

    // The kernel packs an event on x86 only: four bytes of flags, then eight that come back as they were given.
    private const int EventBytesMax = 16;
    private static readonly int EventBytes = IsPacked ? 12 : EventBytesMax;
    private static readonly int DataOffset = IsPacked ? 4 : 8;

    private readonly ConcurrentDictionary<long, EpollWatch> _watches = new();
    private readonly int _epoll;
    private long _lastId;

    private Epoll(int epoll)
    {
        _epoll = epoll;
        new Thread(Run) { IsBackground = true, Name = "OrleansPool epoll" }.Start();
    }

    /// <summary>What may happen to a socket; the kernel's values.</summary>
    [Flags]
    public enum Events
    {
        None = 0,
        Readable = 0x1,
        Writable = 0x4,
        Failed = 0x8,
        HungUp = 0x10,
        OtherEndClosed = 0x2000,
        OneShot = 1 << 30,
    }

    /// <summary>That of the process; null where the system has none.</summary>
    public static Epoll? Shared { get; } = OperatingSystem.IsLinux() && Create(CloseOnExec) is var epoll and >= 0 ? new Epoll(epoll) : null;

    private static bool IsPacked => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

    /// <summary>Prepares to wait for a socket.</summary>
    public EpollWatch Watch(Socket socket)
    {
        var watch = new EpollWatch(this, socket, Interlocked.Increment(ref _lastId));
        _watches[watch.Id] = watch;
        return watch;
    }

    /// <summary>The socket is closed, which the kernel knows by itself.</summary>
    public void Forget(EpollWatch watch) => _watches.TryRemove(watch.Id, out _);

    /// <summary>Has the next of some events told.</summary>
    /// <returns>False when the system refuses.</returns>
    public bool TryArm(EpollWatch watch, SafeSocketHandle handle, Events events, bool isAdded)
    {
        const int Add = 1, Modify = 3;
        Span<byte> asked = stackalloc byte[EventBytesMax];
        BitConverter.TryWriteBytes(asked, (int)(events | Events.OneShot));
        BitConverter.TryWriteBytes(asked[DataOffset..], watch.Id);
        return Control(_epoll, isAdded ? Modify : Add, handle, ref asked[0]) == 0;
    }

    private void Run()
    {
        byte[] told = GC.AllocateArray<byte>(EventsAtOnceMax * EventBytes, pinned: true);
        while (true)
        {
            int count = Wait(_epoll, ref told[0], EventsAtOnceMax, -1); // below zero where a signal came between
            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> one = told.AsSpan(i * EventBytes, EventBytes);
                if (_watches.TryGetValue(BitConverter.ToInt64(one[DataOffset..]), out EpollWatch? watch)) watch.OnEvents((Events)BitConverter.ToInt32(one));
            }
        }
    }

    [DllImport("libc", EntryPoint = "epoll_create1")]
    private static extern int Create(int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl")]
    private static extern int Control(int epoll, int operation, SafeSocketHandle socket, ref byte asked);

    [DllImport("libc", EntryPoint = "epoll_wait")]
    private static extern int Wait(int epoll, ref byte events, int count, int milliseconds);
}
