using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Reflection;
using ChatOpsBot.Application.Effects;
using ChatOpsBot.Application.Ports;
using ChatOpsBot.Domain.Incidents;
using Microsoft.Extensions.DependencyInjection;

namespace ChatOpsBot.Acceptance.Tests.Crash;

/// <summary>
/// Makes every call through a port, and every effect, a point at which something can befall the process: right before it and right after it, and for calls to hosts also in their midst.
/// The points are those that the code has: a new event, effect or port is covered without a line here.
/// </summary>
internal static class KillPoints
{
    public const string Before = "before";
    public const string Amid = "amid";
    public const string After = "after";

    // What only looks leaves nothing behind that could be lost or doubled.
    private static readonly string[] s_looking = ["Load", "Find", "List", "Due", "Get", "Pending", "Members", "Read", "Extend"];

    /// <summary>Wraps every port that is registered.</summary>
    public static void Into(IServiceCollection services, PointSwitch points)
    {
        for (var i = 0; i < services.Count; i++)
        {
            var type = services[i].ServiceType;
            if (type.IsInterface && (type.Namespace == typeof(IInbox).Namespace || type == typeof(IEffectHandler)) && type.GetMethods().Any(IsPoint))
            {
                var inner = services[i];
                services[i] = new(type, provider => Wrapped.Around(type, Make(provider, inner), points), inner.Lifetime);
            }
        }
    }

    private static object Make(IServiceProvider provider, ServiceDescriptor inner) => inner.ImplementationInstance ?? inner.ImplementationFactory?.Invoke(provider)
        ?? ActivatorUtilities.CreateInstance(provider, inner.ImplementationType ?? throw new InvalidOperationException($"{inner.ServiceType} has no implementation"));

    private static bool IsPoint(MethodInfo method) => typeof(Task).IsAssignableFrom(method.ReturnType) && !s_looking.Any(word => method.Name.StartsWith(word, StringComparison.Ordinal));

    /// <summary>Stands in for a port.</summary>
#pragma warning disable CA1852 // The runtime derives from it.
    public class Wrapped : DispatchProxy
#pragma warning restore CA1852
    {
        private static readonly ConcurrentDictionary<EffectClaim, string> s_claims = new();
        private static readonly MethodInfo s_follow = typeof(Wrapped).GetMethod(nameof(FollowAsync), BindingFlags.NonPublic | BindingFlags.Instance) ?? throw new InvalidOperationException();

        private object? _inner;
        private PointSwitch? _points;
        private string _port = "";

        internal static object Around(Type port, object inner, PointSwitch points)
        {
            var proxy = Create(port, typeof(Wrapped));
            (((Wrapped)proxy)._inner, ((Wrapped)proxy)._points, ((Wrapped)proxy)._port) = (inner, points, port.Name);
            return proxy;
        }

        /// <inheritdoc/>
        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            ArgumentNullException.ThrowIfNull(targetMethod);
            if (!IsPoint(targetMethod) || _points is null)
            {
                return Call(targetMethod, args);
            }

            var call = _points.Next($"{_port}.{targetMethod.Name}{Detail(args?.FirstOrDefault())}{Detail(args?.Skip(1).FirstOrDefault() as RemoteCommand)}");
            return targetMethod.ReturnType.IsGenericType
                ? s_follow.MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments()).Invoke(this, [call, targetMethod, args])
                : FollowAsync<object?>(call, targetMethod, args);
        }

        private object? Call(MethodInfo method, object?[]? args)
        {
            try
            {
                return method.Invoke(_inner, args);
            }
            catch (TargetInvocationException failure) when (failure.InnerException is { } cause)
            {
                System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(cause);
                throw;
            }
        }

        private async Task<T?> FollowAsync<T>(string call, MethodInfo method, object?[]? args)
        {
            _points?.Pass($"{call} {Before}");
            var work = (Task)(Call(method, args) ?? Task.CompletedTask);
            if (_port == nameof(IHostShell))
            {
                // Long enough for the program on the host to have begun, not to have ended.
                if (_points?.IsAmid(call) == true)
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(150), TimeProvider.System);
                }

                _points?.Pass($"{call} {Amid}");
            }

            await work;
            var result = work is Task<T> typed ? await typed : default;
            if (result is ImmutableArray<TakenEffect> taken)
            {
                foreach (var effect in taken)
                {
                    s_claims[effect.Claim] = effect.Name;
                }
            }

            _points?.Pass($"{call} {After}");
            return result;
        }

        private static string Detail(object? argument) => argument switch
        {
            IncidentAppend append => $"({string.Join('+', append.Change.Events.Select(stored => stored.Type))}{(append.Settles is { } settles ? " settles " + NameOf(settles) : "")})",
            EffectSettlement settlement => $"({NameOf(settlement)} {settlement.End})",
            EffectTask task => $"({EffectCodec.NameOf(task.Effect)})",
            RemoteCommand { Argv: ["/bin/sh", "-s", "--", var operation, ..] } => $"(guard {operation})",
            Lane lane => $"({(lane.IsChat ? "chat" : lane.Value)})",
            _ => "",
        };

        private static string NameOf(EffectSettlement settlement) => s_claims.GetValueOrDefault(settlement.Claim, "?");
    }
}
