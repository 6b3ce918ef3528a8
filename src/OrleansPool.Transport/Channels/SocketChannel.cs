using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>A plain TCP connection. Never blocks in the kernel but in <see cref="WaitReadable"/>.</summary>
internal sealed class SocketChannel : IByteChannel
{
    private readonly Socket _socket;

    public SocketChannel(Socket socket)
    {
        _socket = socket;
        socket.NoDelay = true;
        socket.Blocking = false;
        RemoteName = socket.RemoteEndPoint?.ToString() ?? "(unknown)";
    }

    public string RemoteName { get; }

    public ChannelStatus TryReceive(Span<byte> buffer, out int count)
    {
        count = 0;
        try
        {
            count = _socket.Receive(buffer, SocketFlags.None, out SocketError error);
            return error == SocketError.Success ? (count > 0 ? ChannelStatus.Ok : ChannelStatus.Ended) : StatusOf(error);
        }
        catch (ObjectDisposedException)
        {
            return ChannelStatus.Ended;
        }
    }

    public bool WaitReadable(TimeSpan patience)
    {
        try
        {
            return _socket.Poll(patience, SelectMode.SelectRead);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    public async ValueTask WaitReadableAsync()
    {
        try
        {
            await _socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Whoever receives next sees the end.
        }
    }

    public ChannelStatus TrySend(ReadOnlySpan<byte> bytes, out int count)
    {
        count = 0;
        try
        {
            count = _socket.Send(bytes, SocketFlags.None, out SocketError error);
            return error == SocketError.Success ? ChannelStatus.Ok : StatusOf(error);
        }
        catch (ObjectDisposedException)
        {
            return ChannelStatus.Ended;
        }
    }

    public async ValueTask<bool> SendAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        try
        {
            while (!bytes.IsEmpty) bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false)..];
            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        try
        {
            _socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It was not connected any more.
        }

        _socket.Dispose();
    }

    private static ChannelStatus StatusOf(SocketError error) =>
        error is SocketError.WouldBlock or SocketError.IOPending or SocketError.Interrupted ? ChannelStatus.WouldBlock : ChannelStatus.Ended;
}
