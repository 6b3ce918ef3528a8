using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace OrleansPool.Server.Tests.Faces;

/// <summary>
/// Pipes over a reservation between Kestrel and its connections: what waits to be read or sent lies in reserved blocks, and only what is
/// on its way through the socket in Kestrel's own.
/// </summary>
internal static class ReservedConnection
{
    public static void Use(ListenOptions options, MemoryPool<byte> pool) => options.Use(next => async connection =>
    {
        IDuplexPipe socket = connection.Transport;
        var pipeOptions = new PipeOptions(pool, pauseWriterThreshold: 64 << 10, resumeWriterThreshold: 32 << 10, useSynchronizationContext: false);
        var received = new Pipe(pipeOptions);
        var toSend = new Pipe(pipeOptions);
        connection.Transport = new Ends(received.Reader, toSend.Writer);
        Task receive = PumpAsync(socket.Input, received.Writer);
        Task send = PumpAsync(toSend.Reader, socket.Output);
        try
        {
            await next(connection);
        }
        finally
        {
            connection.Transport = socket;
            await toSend.Writer.CompleteAsync();
            await received.Reader.CompleteAsync();
            await send;
            socket.Input.CancelPendingRead();
            await receive;
        }
    });

    private static async Task PumpAsync(PipeReader from, PipeWriter to)
    {
        try
        {
            while (true)
            {
                ReadResult read = await from.ReadAsync();
                foreach (ReadOnlyMemory<byte> piece in read.Buffer) to.Write(piece.Span);
                from.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted || read.IsCanceled || (await to.FlushAsync()).IsCompleted) break;
            }
        }
        catch (ConnectionAbortedException)
        {
            // The peer is gone; the ends below tell it.
        }

        await to.FlushAsync();
        await to.CompleteAsync();
        await from.CompleteAsync();
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
