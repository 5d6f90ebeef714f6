using System.Runtime.InteropServices;
using ChatOpsBot.Host;

using var interrupted = new CancellationTokenSource();
var exitCode = ExitCodes.Interrupted;
var surroundings = Surroundings.OfProcess();
using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => Stop(context, ExitCodes.Interrupted));
using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => Stop(context, 128 + 15));
using var onHangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, context =>
{
    if (surroundings.Hangup.Ring())
    {
        context.Cancel = true;
    }
    else
    {
        Stop(context, 128 + 1);
    }
});

// A command that ends in order although it was told to stop, as the service does, has an exit code of its own.
return await CommandLine.RunAsync(args, surroundings, interrupted.Token) is var code && code == ExitCodes.Interrupted ? exitCode : code;

void Stop(PosixSignalContext context, int code)
{
    // A second signal takes its default course, so nobody is ever stuck with us.
    context.Cancel = !interrupted.IsCancellationRequested;
    exitCode = code;
    interrupted.Cancel();
}
