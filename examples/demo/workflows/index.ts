export { briefing, investigate } from './briefing';
export { monitor } from './monitor';
export { decide, purchase } from './purchase';
export { report } from './report';
export { research } from './research';
