using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace OrleansPool.Cluster.Tests.Processes;

/// <summary>A process of the test's own: what it prints, signals to it, and its end, which is also the test's duty.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(2);

    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Lock _lock = new();
    private readonly List<(Func<string, bool> IsIt, TaskCompletionSource<string> Told)> _waits = [];
    private readonly Task _pumps;

    private ChildProcess(Process process)
    {
        _process = process;
        _process.StandardInput.Close();
        _pumps = Task.WhenAll(PumpAsync(process.StandardOutput, _output), PumpAsync(process.StandardError, _errors));
    }

    public int Id => _process.Id;

    public string Output
    {
        get
        {
            lock (_lock) return _output.ToString();
        }
    }

    public string Errors
    {
        get
        {
            lock (_lock) return _errors.ToString();
        }
    }

    public static async Task<ChildProcess> StartAsync(string program, params IEnumerable<string> arguments) =>
        new(await ProcessStarter.StartAsync(program, arguments));

    /// <summary>Runs a program to its end.</summary>
    public static async Task<ChildProcess> RunAsync(string program, params IEnumerable<string> arguments)
    {
        ChildProcess child = await StartAsync(program, arguments);
        await child.ExitCodeAsync();
        return child;
    }

    /// <summary>Waits until a line is printed.</summary>
    public async Task<string> LineAsync(Func<string, bool> isIt)
    {
        Task<string> told;
        lock (_lock)
        {
            foreach (string line in _output.ToString().Split('\n'))
            {
                if (isIt(line)) return line;
            }

            var wait = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            _waits.Add((isIt, wait));
            told = wait.Task;
        }

        Task ended = await Task.WhenAny(told, _pumps, Task.Delay(WaitMax, TestContext.Current.CancellationToken));
        if (ended == told) return await told;
        throw new InvalidOperationException($"The line did not come. Printed:\n{Output}\nErrors:\n{Errors}");
    }

    public async Task SignalAsync(string signal)
    {
        using Process kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    public async Task<int> ExitCodeAsync()
    {
        using var limit = new CancellationTokenSource(2 * WaitMax);
        await _process.WaitForExitAsync(limit.Token);
        await _pumps;
        return _process.ExitCode;
    }

    /// <summary>As when the machine loses power: nothing is said to anybody.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) await KillAsync();
        await _pumps;
        _process.Dispose();
    }

    private async Task PumpAsync(StreamReader reader, StringBuilder target)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_lock)
            {
                target.Append(line).Append('\n');
                if (target != _output) continue;
                foreach ((Func<string, bool> isIt, TaskCompletionSource<string> told) in _waits)
                {
                    if (isIt(line)) told.TrySetResult(line);
                }
            }
        }
    }
}
