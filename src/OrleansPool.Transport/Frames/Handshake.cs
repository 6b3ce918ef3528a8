using OrleansPool.Core.Wire;
using OrleansPool.Transport.Channels;

namespace OrleansPool.Transport.Frames;

/// <summary>The first frame of each side, before the connection's own machinery begins.</summary>
internal static class Handshake
{
    /// <summary>Receives one frame, without a thread and with no more memory than it may need.</summary>
    /// <exception cref="HandshakeException">What came is no such frame.</exception>
    public static async ValueTask<byte[]> ReceiveAsync(IByteChannel channel, int frameBytesMax, CancellationToken cancellationToken)
    {
        byte[] frame = new byte[FrameHeader.Size];
        int received = 0;
        while (true)
        {
            switch (channel.TryReceive(frame.AsSpan(received), out int count))
            {
                case ChannelStatus.Ended:
                    throw new HandshakeException(RefusalReason.Unknown, "the other end went away during the handshake");
                case ChannelStatus.WouldBlock:
                    await channel.WaitReadableAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
                    continue;
            }

            received += count;
            if (received < frame.Length) continue;
            switch (FrameHeader.TryRead(frame, frameBytesMax, out FrameHeader header))
            {
                case FrameStatus.Ok when header.Length == received:
                    return frame;
                case FrameStatus.Ok when header.Type is FrameType.Hello or FrameType.Welcome or FrameType.Refusal:
                    Array.Resize(ref frame, header.Length);
                    break;
                default:
                    throw new HandshakeException(RefusalReason.Malformed, "the other end does not speak this protocol");
            }
        }
    }
}
