using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace OrleansPool.Benchmarks.Processes;

/// <summary>A server that the benchmark started, and that never outlives it.</summary>
/// <remarks>
/// Where there is setpriv the kernel kills it when this process ends, however that comes about. The kernel watches the thread that started it, so one
/// thread, which lives as long as the process, starts them all. Our own servers also end when their standard input does.
/// </remarks>
internal sealed class ChildProcess : IDisposable
{
    private const string Guard = "/usr/bin/setpriv";
    private const string Listening = "listening on ";
    private static readonly TimeSpan EndDurationMax = TimeSpan.FromSeconds(10);
    private static readonly BlockingCollection<Action> Starts = [];

    private readonly Process _process;
    private readonly string _name;

    static ChildProcess() => new Thread(() =>
    {
        foreach (Action start in Starts.GetConsumingEnumerable()) start();
    })
    { IsBackground = true, Name = "process starter" }.Start();

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        AppDomain.CurrentDomain.ProcessExit += End;
    }

    public int Id => _process.Id;

    /// <summary>
    /// This program: 'dotnet FILE.dll' runs dotnet, which needs the assembly; 'dotnet run' runs the program's own executable, which would
    /// take it for a command.
    /// </summary>
    public static (string Program, string[] Assembly) OwnProgram =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet"
            ? (Environment.ProcessPath!, [typeof(ChildProcess).Assembly.Location])
            : (Environment.ProcessPath!, []);

    /// <summary>Starts a program.</summary>
    public static ChildProcess Start(string program, params IEnumerable<string> arguments) => Start(program, arguments, null);

    private static ChildProcess Start(string program, IEnumerable<string> arguments, (string Name, string Value)? setting)
    {
        var info = new ProcessStartInfo { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        info.FileName = File.Exists(Guard) ? Guard : program;
        if (File.Exists(Guard))
        {
            foreach (string argument in new[] { "--pdeathsig", "KILL", program }) info.ArgumentList.Add(argument);
        }

        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        if (setting is { } environment) info.Environment[environment.Name] = environment.Value;
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Starts.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception e)
            {
                started.SetException(e);
            }
        });
        var child = new ChildProcess(started.Task.GetAwaiter().GetResult(), Path.GetFileName(program));
        child._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null) Console.Error.WriteLine($"{child._name} {child.Id}: {line.Data}");
        };
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Starts this program once more, as one of its servers, and waits for the port that it prints.</summary>
    public static (ChildProcess Process, int Port) StartServer(string verb, params IEnumerable<string> arguments) =>
        StartServer(verb, null, arguments);

    /// <summary>The same, with a variable of the environment.</summary>
    public static (ChildProcess Process, int Port) StartServer(
        string verb, (string Name, string Value)? setting, params IEnumerable<string> arguments)
    {
        (string program, string[] assembly) = OwnProgram;
        ChildProcess child = Start(program, [.. assembly, verb, .. arguments], setting);
        string line = child.ReadLine(static line => line.StartsWith(Listening, StringComparison.Ordinal));
        return (child, int.Parse(line.AsSpan(Listening.Length), CultureInfo.InvariantCulture));
    }

    /// <summary>What a server does: prints the port, and waits for the end of the one who started this.</summary>
    public static int Serve(int port)
    {
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Listening}{port}"));
        while (Console.In.Read() >= 0)
        {
        }

        return 0;
    }

    /// <summary>Waits for a line of its output; the rest is dropped, so that it never waits for a reader.</summary>
    /// <exception cref="InvalidOperationException">It ended before.</exception>
    public string ReadLine(Func<string, bool> isIt)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (!isIt(line)) continue;
            _ = _process.StandardOutput.BaseStream.CopyToAsync(Stream.Null);
            return line;
        }

        throw new InvalidOperationException($"{_name} ended before it was ready.");
    }

    /// <summary>Waits for its end.</summary>
    /// <returns>Its output.</returns>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> OutputAsync()
    {
        string output = await _process.StandardOutput.ReadToEndAsync();
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0 ? output : throw new InvalidOperationException($"{_name} ended with code {_process.ExitCode}: {output}");
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= End;
        End(null, EventArgs.Empty);
        _process.Dispose();
    }

    private void End(object? sender, EventArgs e)
    {
        if (_process.HasExited) return;
        _process.Kill();
        _process.WaitForExit(EndDurationMax);
    }
}
