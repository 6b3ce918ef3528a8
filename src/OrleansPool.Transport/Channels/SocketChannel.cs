using System.Net;
using System.Net.Sockets;

namespace OrleansPool.Transport.Channels;

/// <summary>A plain TCP connection. Never blocks in the kernel but in <see cref="WaitReadable"/>.</summary>
/// <remarks>Where there is epoll, the socket's own asynchronous calls are not used: see <see cref="Epoll"/>.</remarks>
internal sealed class SocketChannel : IByteChannel
{
    private readonly Socket _socket;
    private readonly EpollWatch? _watch;

    public SocketChannel(Socket socket, string remoteName)
        : this(socket, remoteName, Epoll.Shared?.Watch(socket))
    {
    }

    private SocketChannel(Socket socket, string remoteName, EpollWatch? watch)
    {
        _socket = socket;
        _watch = watch;
        socket.NoDelay = true;
        socket.Blocking = false;
        RemoteName = remoteName;
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

    public ValueTask WaitReadableAsync() => _watch is null ? ReceiveNothingAsync() : new ValueTask(_watch.WaitReadableAsync());

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
            while (!bytes.IsEmpty)
            {
                int count;
                if (_watch is null)
                {
                    count = await _socket.SendAsync(bytes, SocketFlags.None, cancellationToken).ConfigureAwait(false);
                }
                else if (TrySend(bytes.Span, out count) is var status and not ChannelStatus.Ok)
                {
                    if (status == ChannelStatus.Ended) return false;
                    await _watch.WaitWritableAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                }

                bytes = bytes[count..];
            }

            return true;
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Connects without blocking, and without the socket's own asynchronous call.</summary>
    /// <exception cref="SocketException">Nobody answers there.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async Task<SocketChannel> ConnectAsync(Epoll epoll, IPAddress address, int port, CancellationToken cancellationToken)
    {
        var endpoint = new IPEndPoint(address, port);
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { Blocking = false };
        EpollWatch watch = epoll.Watch(socket);
        try
        {
            try
            {
                socket.Connect(endpoint);
            }
            catch (SocketException e) when (StatusOf(e.SocketErrorCode) == ChannelStatus.WouldBlock)
            {
                await watch.WaitWritableAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
                int error = (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.Error)!;
                if (error != 0) throw new SocketException(error);
            }

            return new SocketChannel(socket, endpoint.ToString(), watch);
        }
        catch
        {
            watch.Dispose();
            socket.Dispose();
            throw;
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

        _watch?.Dispose();
        _socket.Dispose();
    }

    private async ValueTask ReceiveNothingAsync()
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

    private static ChannelStatus StatusOf(SocketError error) =>
        error is SocketError.WouldBlock or SocketError.IOPending or SocketError.InProgress or SocketError.Interrupted ? ChannelStatus.WouldBlock : ChannelStatus.Ended;
}
