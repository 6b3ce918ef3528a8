using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>One socket and who waits for it: at most one to read, and one to write. Thread-safe.</summary>
internal sealed class EpollWatch(Epoll epoll, Socket socket, long id) : IDisposable
{
    private const Epoll.Events Ends = Epoll.Events.Failed | Epoll.Events.HungUp;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _reader;
    private TaskCompletionSource? _writer;
    private bool _isAdded;
    private bool _isEnded;

    /// <summary>What the kernel calls it.</summary>
    public long Id => id;

    /// <summary>Until something has come, or the socket has ended, which whoever receives next sees.</summary>
    public Task WaitReadableAsync() => WaitAsync(ref _reader);

    /// <summary>Until there is room for more, or the socket has ended, which whoever sends next sees.</summary>
    public Task WaitWritableAsync() => WaitAsync(ref _writer);

    /// <summary>Something happened, and nothing more is told until somebody waits again.</summary>
    public void OnEvents(Epoll.Events events)
    {
        TaskCompletionSource? reader = null;
        TaskCompletionSource? writer = null;
        lock (_gate)
        {
            if ((events & (Epoll.Events.Readable | Epoll.Events.OtherEndClosed | Ends)) != 0) (reader, _reader) = (_reader, null);
            if ((events & (Epoll.Events.Writable | Ends)) != 0) (writer, _writer) = (_writer, null);
            if (!_isEnded) Arm();
        }

        reader?.SetResult();
        writer?.SetResult();
    }

    /// <summary>The socket is about to be closed: nobody waits for it any more.</summary>
    public void Dispose()
    {
        TaskCompletionSource? reader;
        TaskCompletionSource? writer;
        lock (_gate)
        {
            _isEnded = true;
            (reader, _reader) = (_reader, null);
            (writer, _writer) = (_writer, null);
        }

        epoll.Forget(this);
        reader?.SetResult();
        writer?.SetResult();
    }

    private Task WaitAsync(ref TaskCompletionSource? waiter)
    {
        lock (_gate)
        {
            if (_isEnded) return Task.CompletedTask;
            waiter ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Task task = waiter.Task;
            Arm();
            return task;
        }
    }

    private void Arm()
    {
        Epoll.Events events = (_reader is null ? Epoll.Events.None : Epoll.Events.Readable | Epoll.Events.OtherEndClosed)
            | (_writer is null ? Epoll.Events.None : Epoll.Events.Writable);
        if (events == Epoll.Events.None) return;
        try
        {
            if (epoll.TryArm(this, socket.SafeHandle, events, _isAdded))
            {
                _isAdded = true;
                return;
            }

            // The system watches no more sockets: one that nobody can wait for ends.
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is ObjectDisposedException or SocketException)
        {
            // It has ended already.
        }

        _reader?.TrySetResult();
        _writer?.TrySetResult();
        (_reader, _writer) = (null, null);
    }
}
