export { support } from './deployed';
